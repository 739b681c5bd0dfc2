"""The dashboard: caches and widgets; the only part that imports streamlit."""
