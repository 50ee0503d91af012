"""What the parties agreed, as far as consent needs it: fields, purposes and parties, read from the covenant's own files."""

import tomllib

from days import day_of, end_of, months_later
from datetime import timedelta

# Ruling 6: direction follows from the kinds of custodian and recipient. On consent nothing goes anywhere else.
DIRECTIONS = {
    ("care", "municipality"): "care-municipality",
    ("care", "care"): "care-municipality",
    ("municipality", "care"): "municipality-care",
    ("care", "school"): "care-school",
    ("school", "care"): "school-care",
}


class Covenant:
    def __init__(self, policies, parties):
        def read(path, table, key):
            with open(path, "rb") as file:
                return {row[key]: row for row in tomllib.load(file)[table]}

        self.fields = read(f"{policies}/catalogue.toml", "field", "code")
        self.purposes = read(f"{policies}/purposes.toml", "purpose", "code")
        self.parties = read(parties, "party", "id")

    def in_purpose(self, code, purpose):
        """In the purpose's set, or in it when listed one by one, as every consent does (ruling 18)."""
        field = self.fields[code]
        return purpose in field["purposes"] or purpose in field.get("on_explicit", [])

    def travels(self, field, custodian, recipient):
        return DIRECTIONS.get((custodian["kind"], recipient["kind"])) in field["directions"]

    def is_strict(self, custodian):
        """Whether this custodian reads 7:457 BW strictly: a competent client of 12 to 15 decides alone."""
        return self.parties[custodian].get("consent_profile", "dual") == "strict-wgbo"

    def latest_end(self, purpose, since):
        """T3-9 and ruling 17; the day on which it begins is not counted."""
        length = purpose["max_period"]
        day = day_of(since)
        last = months_later(day, length["months"]) if "months" in length else day + timedelta(length["days"])
        return end_of(last)
