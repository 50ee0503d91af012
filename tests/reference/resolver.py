"""The answer to one question: which fields consent opens, and what is said about the others (R01).

Small, slow and obvious, and written from the rules alone: two gates, decided field by field, with the ledger's reason and
the requester's. It shares no code and no language with the gateway that it checks."""

from consents import is_about
from days import day_of, end_of, months_later
from people import decides, speaks_for_self

# The ledger's reasons; of several the last one in this list is kept, for it is nearest to a yes.
REASONS = [
    "UNREGISTERED",
    "NO_CONSENT",
    "CONSENT_EXPIRED",
    "CONSENT_WITHDRAWN",
    "NOT_YET_IN_FORCE",
    "NOBODY_COMPETENT",
    "DATA_SUBJECT_MISSING",
    "ADMINISTRATOR_MISSING",
    "REPRESENTATIVE_MISSING",
    "MISSING_HOLDER",
    "YOUTH_MISSING",
    "EXPIRED_WITH_AUTHORITY",
    "DATA_SUBJECT_REFUSED",
    "ADMINISTRATOR_REFUSED",
    "REPRESENTATIVE_REFUSED",
    "HOLDER_REFUSED",
    "YOUTH_REFUSED",
]


def nearest(reasons):
    return max(reasons, key=REASONS.index)


def missing(capacity):
    words = {"data_subject": "DATA_SUBJECT_MISSING", "administrator": "ADMINISTRATOR_MISSING"}
    words |= dict.fromkeys(("youth", "adult"), "YOUTH_MISSING")
    words |= dict.fromkeys(("parent_authority", "guardian", "court_order"), "MISSING_HOLDER")
    return words.get(capacity, "REPRESENTATIVE_MISSING")


def refused(capacity):
    words = {"MISSING_HOLDER": "HOLDER_REFUSED"}
    word = missing(capacity)
    return words.get(word, word.replace("_MISSING", "_REFUSED"))


class Question:
    """One recipient, purpose and moment, asked of one client's registration and consents."""

    def __init__(self, client, consents, ask, rules):
        self.client, self.consents, self.rules = client, consents, rules
        self.hat = ask["recipient"]
        self.custodian = ask["custodian"]
        self.purpose = ask["purpose"]
        self.request = ask["request"]
        self.agenda = ask["life_domains"]
        self.at = ask["at"]
        self.ladder = client.must_agree(self.purpose, self.at) if client else []

    def answer(self, code):
        """The field, what the ledger keeps and what the requester hears."""
        found = self.cover(code)
        return [code, found, self.told(code, found)]

    # Gate A: consent.

    def cover(self, code):
        if self.client is None:
            return "UNREGISTERED"
        if not self.ladder:
            return "NOBODY_COMPETENT"  # ruling 21
        people, anybody = self.client.beside(self.rules.fields[code], self.at)
        against = [no for no in self.consents if no.objection and self.blocks(no, code, people, anybody)]
        lacks = []
        for yes in self.consents:  # never added up (ruling 7)
            if yes.permit and self.names(yes.permit, code):
                lack = self.lack(yes, code, people, anybody, against)
                if lack is None:
                    flag = " overridden" if self.overridden else ""
                    return f"COVERED {yes.id} {yes.version}{flag}"
                lacks.append(lack)
        if not any(lack.endswith("_REFUSED") for lack in lacks):
            lacks += [refused(no.yes[0][0][1]) for no in against]
        return nearest(lacks + ["NO_CONSENT"])

    def names(self, permit, code):
        """Permits are exact (ruling 1)."""
        return permit["recipient"] == self.hat and permit["purpose"] == self.purpose and code in permit["fields"]

    def lack(self, consent, code, people, anybody, against):
        """What this consent lacks for this field; None if it opens it."""
        if not consent.keeps(code):
            return "CONSENT_WITHDRAWN" if self.ended(consent, code) is not None else "NO_CONSENT"
        if self.at >= consent.until or self.spent_by_another(consent):
            return "CONSENT_EXPIRED" if self.ended(consent, code) is not None else "NO_CONSENT"
        lacks, moments = [], []
        passed = consent.passed(self.consents, self.ladder, code, self.at)
        self.overridden = False
        for who in self.ladder + people:  # standing now, and standing when agreeing (ruling 8)
            given = consent.last_yes(self.client, who, code, self.purpose)
            if given is None and who in passed:
                self.overridden = True
                continue
            moments.append(given)
            if given is None:
                lost = who[1] == "adult" and self.carried_by_others(consent)
                lacks.append("EXPIRED_WITH_AUTHORITY" if lost else missing(who[1]))
        if anybody:
            given = consent.named_yes(code)
            moments.append(given)
            if given is None:
                lacks.append("DATA_SUBJECT_MISSING")
        if lacks:
            return nearest(lacks)
        if self.at < consent.since:
            return "NOT_YET_IN_FORCE"
        for no in against:
            if self.passes(consent, code, min(moments), no):
                continue
            if any(no.is_by(who) for who in passed) and no.yes[0][1] <= consent.override(self.at).decided:
                self.overridden = True
            else:
                lacks.append(refused(no.yes[0][0][1]))
        return nearest(lacks) if lacks else None

    def spent_by_another(self, consent):
        spent = consent.spent
        return spent is not None and (spent["organisation"], spent["request"]) != (self.hat["organisation"], self.request)

    def carried_by_others(self, consent):
        """Whether everyone who had to agree once did: then it lapsed with their authority (vector 24)."""
        return any(self.complete(consent, None, given) for _, given, _, _ in consent.yes)

    def complete(self, consent, code, at):
        """Whether everyone who had to agree then had agreed, to this field (or to the whole, for None)."""
        purpose = consent.permit["purpose"]
        ladder = self.client.must_agree(purpose, at)
        people, anybody = self.client.beside(self.rules.fields[code], at) if code else ([], False)
        passed = consent.passed(self.consents, ladder, code, at) if code else []
        asked = [who for who in ladder if who not in passed] + people
        return (
            bool(ladder)
            and all(consent.last_yes(self.client, who, code, purpose, by=at) is not None for who in asked)
            and (not anybody or consent.named_yes(code, by=at) is not None)
        )

    def ended(self, consent, code):
        """When the field ceased (or will cease) to be open, if it is or was in force: complete and begun (ruling 3). The
        stricter reading: complete at its last moment."""
        ends = [consent.until, consent.withdrawn, consent.struck.get(code)]
        if consent.spent:
            ends.append(consent.spent["at"] + 1)
        end = min(end for end in ends if end is not None)
        last = min(self.at, end - 1)
        return end if consent.since <= last and self.complete(consent, code, last) else None

    # Objections.

    def blocks(self, no, code, people, anybody):
        """Whether this no is in force against this, by somebody whose no counts now (rulings 1, 8, 10, 16 and 20)."""
        by = no.yes[0][0]
        if not no.stands_against(self.hat, self.purpose, code, self.at):
            return False
        if speaks_for_self(by[1]):
            return self.client.age(self.at) >= 12
        if decides(by[1]) and any(who[0] == by[0] for who in self.ladder):
            return True
        return by in people or (by[1] == "data_subject" and anybody)

    def passes(self, consent, code, first_yes, no):
        """An exact permit passes a broader no if all the grants that it needs are later (ruling 1), and if whoever said
        no said yes later, for nobody else lifts it (rulings 16 and 22)."""
        if all(no.objection[word] is not None for word in ("recipient", "role", "purpose", "fields")):
            return False
        by, said, *_ = no.yes[0]
        own = [
            given
            for giver, given, fields, taken in consent.yes
            if giver[0] == by[0]
            and decides(giver[1]) == decides(by[1])
            and taken is None
            and is_about(giver, fields, code)
            and self.client.has_standing(giver, self.purpose, given)
        ]
        return first_yes > said and any(given > said for given in own)

    # The requester.

    def told(self, code, found):
        """The coarse answer (ruling 2), in its order: the request, gate B, gate A; strangers hear one thing (ruling 3)."""
        field, purpose = self.rules.fields[code], self.rules.purposes[self.purpose]
        recipient, custodian = (self.rules.parties[org] for org in (self.hat["organisation"], self.custodian))
        on_agenda = code[0] in "AB" or (1 <= len(self.agenda) <= 3 and field["id"].split(".")[0] in self.agenda)
        if not self.rules.in_purpose(code, self.purpose) or not self.rules.travels(field, custodian, recipient):
            told = "OUTSIDE_PURPOSE"
        elif purpose.get("agenda") and not on_agenda:
            told = "OUTSIDE_AGENDA"
        elif "R01" not in purpose["grounds"]:
            told = "GROUND_NOT_AVAILABLE"
        elif all(basis["purpose"] != self.purpose for basis in recipient.get("legal_basis", [])):
            told = "RECIPIENT_NOT_ENTITLED"
        elif found.startswith("COVERED"):
            return "RELEASED"
        else:
            told = found if found in ("CONSENT_WITHDRAWN", "CONSENT_EXPIRED") else "NO_CONSENT"
        return told if self.related() else "NO_CONSENT"

    def related(self):
        if not hasattr(self, "is_related"):
            self.is_related = self.find_relation()
        return self.is_related

    def find_relation(self):
        if self.client is None:
            return False
        if self.hat["organisation"] == self.custodian:
            return True
        if any(m["hat"] == self.hat and m["period"]["from"] <= self.at < m["period"]["until"] for m in self.client.team):
            return True
        for order in self.client.orders:
            if order["carried_out_by"] == self.hat and order["period"]["from"] <= self.at:
                if self.is_recent(order["period"]["until"]):
                    return True
        for consent in self.consents:
            if consent.permit and consent.permit["recipient"] == self.hat:
                ends = (self.ended(consent, code) for code in consent.permit["fields"])
                if any(end is not None and self.is_recent(end) for end in ends):
                    return True
        return False

    def is_recent(self, end):
        """Not ended, or less than twelve months ago, counted in days (ruling 3; Regulation 1182/71, art. 3)."""
        return self.at < end or self.at < end_of(months_later(day_of(end - 1), 12))
