"""Consents, from the acts of people: recorded, agreed to, withdrawn, spent (T3, rulings 7, 12, 16, 17, 19, 22)."""

from days import day_of, start_of
from overriding import Override
from people import CLIENT, YOUTH, decides, speaks_for_self


def same(a, b):
    """One person in one capacity; the client is one person before and after the eighteenth birthday."""
    return a[0] == b[0] and (a[1] == b[1] or (speaks_for_self(a[1]) and speaks_for_self(b[1])))


def is_about(giver, fields, field):
    """A data subject's yes is about the fields that it lists, everybody else's about the whole (ruling 10)."""
    return field in (fields or []) if giver[1] == "data_subject" else fields is None


class Consent:
    """What was recorded. A yes is [who, moment, fields or None, taken back or None]."""

    def __init__(self, written):
        self.id = written["id"]
        self.version = written.get("version", 0)
        kind, words = next(iter(written["stance"].items()))
        self.permit = words if kind == "permit" else None
        self.objection = words if kind == "objection" else None
        self.since, self.until = written["period"]["from"], written["period"]["until"]
        self.yes = [
            [(g["by"]["person"], g["by"]["capacity"]), g["given_at"], g["fields"], g["withdrawn"]]
            for g in written.get("grants", [])
        ]
        self.struck = dict(written.get("struck", {}))
        self.withdrawn = written.get("withdrawn")
        self.spent = written.get("spent")
        self.overrides = [
            Override(
                o["decided_by"],
                o["decided_at"],
                o["until"],
                [(who["person"], who["capacity"]) for who in o["refused_by"]],
                (o["confirmed"]["by"], o["confirmed"]["at"]) if o["confirmed"] else None,
                o["revoked"],
            )
            for o in written.get("overrides", [])
        ]

    def fields(self):
        return (self.permit or self.objection)["fields"]

    def keeps(self, field):
        return self.withdrawn is None and field not in self.struck

    def stands_against(self, hat, purpose, field, at):
        """Whether this is a no to that, in force at that moment."""
        taken = [moment for moment in (self.withdrawn, self.struck.get(field)) if moment is not None]
        if not self.objection or any(moment <= at for moment in taken) or not self.since <= at < self.until:
            return False
        said = self.objection
        pairs = [
            (said["recipient"], hat["organisation"]),
            (said["role"], hat["role"]),
            (said["purpose"], purpose),
        ]
        everything = said["fields"] is None
        return all(word in (None, asked) for word, asked in pairs) and (everything or field in said["fields"])

    def override(self, at):
        """The override that counts at this moment."""
        return next((o for o in self.overrides if o.counts(at)), None)

    def passed(self, consents, ladder, field, at):
        """The holders in the ladder whose refusal of this field is overridden (T1-05, ruling 14): weighed by then, and
        still on record. The client is 12 to 15 and decides with others."""
        override = self.override(at)
        if override is None or YOUTH not in ladder or len(ladder) == 1:
            return []
        hat, purpose = self.permit["recipient"], self.permit["purpose"]
        return [
            who
            for who in ladder
            if who in override.refused_by
            and any(
                no.stands_against(hat, purpose, field, at) and no.is_by(who) and no.yes[0][1] <= override.decided
                for no in consents
            )
        ]

    def is_by(self, who):
        """Whether this no is that person's, about the client."""
        giver = self.yes[0][0]
        return giver[0] == who[0] and decides(giver[1])

    def last_yes(self, client, who, field, purpose, by=None):
        """The moment of this person's last yes that counts for the field (ruling 8), not later than `by`."""
        moments = [
            given
            for giver, given, fields, taken in self.yes
            if same(giver, who)
            and is_about(giver, fields, field)
            and (taken is None if by is None else given <= by and (taken is None or taken > by))
            and client.has_standing(giver, purpose, given)
        ]
        return max(moments, default=None)

    def named_yes(self, field, by=None):
        """The last agreement of somebody whom the field names."""
        moments = [
            given
            for giver, given, fields, taken in self.yes
            if giver[1] == "data_subject"
            and field in (fields or [])
            and (taken is None if by is None else given <= by and (taken is None or taken > by))
        ]
        return max(moments, default=None)


def record(act, client, rules):
    """The first act of a consent, or None if it is refused."""
    now, who = act["at"], (act["by"]["person"], act["by"]["capacity"])
    consent = Consent(act)
    if consent.since < start_of(day_of(now)):
        return None  # nobody backdates a yes
    fields = consent.fields()
    if fields is not None and (not fields or any(f not in rules.fields for f in fields)):
        return None
    if consent.objection:
        purpose = consent.objection["purpose"]
        if (purpose is not None and purpose not in rules.purposes) or not client.may_object(who, now):
            return None
        consent.yes, consent.version = [[who, now, None, None]], 1
        return consent
    evidence = act["evidence"]
    if not evidence["refusal_explained"] or (evidence["channel"] == "verbal" and evidence["note"] is None):
        return None  # ruling 19
    purpose = rules.purposes.get(consent.permit["purpose"])
    if purpose is None or "max_period" not in purpose or not all(rules.in_purpose(f, purpose["code"]) for f in fields):
        return None  # T3-8, ruling 18
    if consent.until > rules.latest_end(purpose, consent.since):
        return None  # T3-9, ruling 17
    return consent if agree(consent, who, act["grantor_fields"], client, now) else None


def agree(consent, who, fields, client, now):
    """One more yes. False if it is refused."""
    if consent.permit is None or consent.withdrawn is not None or consent.spent or now >= consent.until:
        return False  # a no is one person's own; what ended stays ended
    if not client.has_standing(who, consent.permit["purpose"], now):
        return False  # T3-7, vector 11
    if who[1] == "data_subject":
        if not fields or any(f not in consent.permit["fields"] for f in fields):
            return False  # ruling 10
    else:
        fields = None
    consent.yes.append([who, now, fields, None])
    consent.version += 1
    return True


def withdraw(consent, person, only, client, rules, now):
    """Takes back what this person gave, whole (`only` is None) or by field. False if it is refused."""
    if consent.withdrawn is not None:
        return False
    if consent.objection:
        if all(giver[0] != person for giver, *_ in consent.yes):
            return False  # nobody else lifts a no
        if only is not None and consent.fields() is None:
            return False
        ends = consent.fields() if only is None else only
        if only is None:
            consent.withdrawn = now
    else:
        gave = any(giver[0] == person and taken is None for giver, _, _, taken in consent.yes)
        if not gave and not in_the_place_of_a_giver(consent, person, client, now):
            return False
        needed = [f for f in consent.fields() if rests_on(consent, person, f, client, rules, now)]
        if only is not None and not set(only) <= set(needed):
            return False
        ends = needed if only is None else only
        if only is None:
            for yes in consent.yes:
                if yes[0][0] == person and yes[3] is None:
                    yes[3] = now
    if only is not None and not set(only) <= set(consent.fields()):
        return False
    for field in ends or []:
        consent.struck.setdefault(field, now)
    if consent.fields() is not None and all(f in consent.struck for f in consent.fields()):
        consent.withdrawn = now
    consent.version += 1
    return True


def rests_on(consent, person, field, client, rules, now):
    """Whether the consent ends for this field when this person takes it back (ruling 22). The client's own word always
    counts from twelve on (ruling 16); in doubt it ends."""
    if person == CLIENT and client.age(now) >= 12:
        return True
    ladder = client.must_agree(consent.permit["purpose"], now)
    if not ladder or any(who[0] == person for who in ladder):
        return True
    people, anybody = client.beside(rules.fields[field], now)
    gave = [giver for giver, _, fields, taken in consent.yes if giver[0] == person and taken is None]
    if any(same(giver, who) for giver in gave for who in people):
        return True
    return anybody and any(
        giver == (person, "data_subject") and taken is None and field in fields for giver, _, fields, taken in consent.yes
    )


def in_the_place_of_a_giver(consent, person, client, now):
    """Whether this person decides now, and somebody who gave a yes no longer does. Nobody stands in for the client."""
    ladder = client.must_agree(consent.permit["purpose"], now)
    replaced = any(decides(giver[1]) and giver[0] != CLIENT and giver not in ladder for giver, *_ in consent.yes)
    return replaced and any(who[0] == person for who in ladder)


def spend(consent, spent):
    consent.spent = spent
    consent.version += 1
