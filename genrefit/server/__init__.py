"""The dashboard and the HTTP interface on one port of this machine."""
