"""Who must agree, and who can: table T1 and rulings 8 to 10, 15, 16, 20 and 21, over one client's registration."""

from datetime import date

from days import EPOCH, age, holds, start_of

CLIENT = "client"
YOUTH, ADULT = (CLIENT, "youth"), (CLIENT, "adult")
# T1-10: the first of these that is there decides for an adult who cannot.
REPRESENTATIVES = ["curator", "mentor", "proxy", "partner", "relative"]
OF_A_MINOR = {"parent_authority", "guardian", "court_order"}


def speaks_for_self(capacity):
    return capacity in ("youth", "adult")


def decides(capacity):
    """About the client's data, and not only about money or about data of one's own."""
    return capacity not in ("administrator", "data_subject")


class Client:
    """One registration. A person in a capacity is a pair, such as ("mother", "parent_authority")."""

    def __init__(self, registration, strict):
        self.strict = strict  # the profile of the custodian: 7:457 BW read strictly
        self.born = date.fromordinal(EPOCH + registration["birth_date"])
        self.authority = [
            ((a["holder"]["person"], a["holder"]["capacity"]), a["period"]) for a in registration["authority"]
        ]
        self.parents = registration["parents"]
        self.orders = registration["orders"]
        self.assessments = [
            (start_of(date.fromisoformat(a["from"])), a["able"], a["about"]) for a in registration["competence"]
        ]
        self.team = registration["team"]
        self.known = {}

    def age(self, at):
        return age(self.born, at)

    def able(self, purpose, at):
        """Able to decide, unless the last judgement about this says otherwise."""
        last, answer = None, True
        for since, able, about in self.assessments:
            if since <= at and about in (None, purpose) and (last is None or since >= last):
                last, answer = since, able
        return answer

    def holders(self, capacity, at):
        return [who for who, period in self.authority if who[1] == capacity and holds(period, at)]

    def legal(self, purpose, at):
        """The guardians, else every parent with authority (T1-12, T1-15); a court order that names the giving of
        information puts somebody in a parent's place, within its scope and dates (T1-14, ruling 15)."""
        if self.age(at) >= 18:
            return []
        guardians = self.holders("guardian", at)
        if guardians:
            return guardians
        parents = self.holders("parent_authority", at)
        replaced, instead = set(), []
        for order in self.orders:
            new = order["replaces"]
            if new is None or not new["names_information"] or purpose not in new["scope"] or not holds(order["period"], at):
                continue
            places = {person for person, _ in parents if person in new["parents"]}
            if places:
                replaced |= places
                instead.append((new["by"], "court_order"))
        return [parent for parent in parents if parent[0] not in replaced] + instead

    def must_agree(self, purpose, at):
        """The ladder of T1 at this moment. Empty: nobody is competent to agree, which is never a yes (ruling 21)."""
        key = (purpose, at)
        if key not in self.known:
            self.known[key] = self.ladder(purpose, at)
        return self.known[key]

    def ladder(self, purpose, at):
        years, able = self.age(at), self.able(purpose, at)
        if years >= 18:
            if able:
                return [ADULT]  # T1-09, T1-11
            for capacity in REPRESENTATIVES:  # T1-10
                people = self.holders(capacity, at)
                if people:
                    return people
            return []
        if years >= 16 and able:
            return [YOUTH]  # T1-07
        if years >= 12 and able and self.strict:
            return [YOUTH]
        legal = self.legal(purpose, at)
        if years >= 12 and able and legal:
            return [YOUTH] + legal  # T1-03 to T1-05
        return legal  # T1-01, T1-02, T1-06, T1-08

    def has_standing(self, who, purpose, at):
        """Whether a yes of this person in this capacity counts when it is given now (ruling 8)."""
        person, capacity = who
        if speaks_for_self(capacity):
            years = self.age(at)
            right_word = capacity == ("adult" if years >= 18 else "youth")
            return person == CLIENT and right_word and years >= 12 and self.able(purpose, at)
        if capacity in OF_A_MINOR:
            return who in self.legal(purpose, at)
        if capacity in REPRESENTATIVES:
            return who in self.must_agree(purpose, at)
        if capacity == "administrator":
            return who in self.holders(capacity, at)
        return person != CLIENT  # a data subject speaks for data of their own

    def may_object(self, who, at):
        """Whether a no of this person can be recorded now. The client's can, at any age and also when judged unable
        (ruling 16); whether it blocks is seen at disclosure."""
        person, capacity = who
        if speaks_for_self(capacity):
            return person == CLIENT and capacity == ("adult" if self.age(at) >= 18 else "youth")
        if capacity == "court_order":
            return any(
                o["replaces"] is not None and o["replaces"]["by"] == person and holds(o["period"], at)
                for o in self.orders
            )
        if capacity == "data_subject":
            return person != CLIENT
        return who in self.holders(capacity, at)

    def beside(self, field, at):
        """Who must agree to this field beside the ladder, and whether anybody whom it names must (rulings 10 and 20)."""
        people = self.holders("administrator", at) if field["code"][0] == "D" else []
        if field.get("third_person") == "named":
            return people, True
        if field.get("third_person") == "parents":
            parents = {who[0] for who, _ in self.authority if who[1] == "parent_authority"} | set(self.parents)
            return people + [(parent, "data_subject") for parent in sorted(parents)], not parents
        return people, False
