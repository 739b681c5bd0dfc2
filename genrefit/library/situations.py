"""Situations: queries that are saved under the name of an occasion."""

from __future__ import annotations

from genrefit.library.journal import Journal


class Situations(Journal):
    """The part of a Library that holds saved queries."""

    def situations(self) -> dict[str, str]:
        """Return saved queries by the name of their situation."""
        return dict(self.rows("SELECT name, query FROM situations ORDER BY name"))

    def save_situation(self, name: str, query: str) -> None:
        """Save a query under the name of a situation, replacing one of that name."""
        with self.change(f"saved the situation {name}") as db:
            db.execute("INSERT OR REPLACE INTO situations VALUES (?, ?)", (name, query))

    def delete_situation(self, name: str) -> None:
        """Forget a situation."""
        with self.change(f"deleted the situation {name}") as db:
            db.execute("DELETE FROM situations WHERE name = ?", (name,))
