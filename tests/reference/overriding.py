"""How two professionals pass the recorded refusal of a holder of authority (T1-05, ruling 14)."""

from days import day_of, end_of, months_later
from people import OF_A_MINOR, YOUTH


class Override:
    """Two professionals pass the recorded refusal of holders, for one consent and three months at most (ruling 14)."""

    def __init__(self, by, decided, until, refused_by, confirmed=None, revoked=None):
        self.by, self.decided, self.until, self.refused_by = by, decided, until, refused_by
        self.confirmed, self.revoked = confirmed, revoked

    def is_on_record(self, at):
        return (self.revoked is None or at < self.revoked) and self.decided <= at < self.until

    def counts(self, at):
        by, confirmed = self.confirmed or (None, None)
        return self.is_on_record(at) and by not in (None, self.by) and confirmed <= at


def refusing(consent, consents, client, now):
    """The holders whose no to something in this consent is on record, if the client alone cannot and has agreed."""
    if not consent.permit or consent.withdrawn is not None or consent.spent or now >= consent.until:
        return []
    purpose, hat = consent.permit["purpose"], consent.permit["recipient"]
    ladder = client.must_agree(purpose, now)
    if YOUTH not in ladder or len(ladder) == 1 or consent.last_yes(client, YOUTH, None, purpose) is None:
        return []
    fields = [f for f in consent.permit["fields"] if consent.keeps(f)]
    return [
        who
        for who in ladder
        if who[1] in OF_A_MINOR
        and any(no.is_by(who) and no.stands_against(hat, purpose, f, now) for no in consents if no.objection for f in fields)
    ]


def override(consent, consents, by, until, client, now):
    """One professional decides. False if it is refused."""
    people = refusing(consent, consents, client, now)
    if not people or any(o.is_on_record(now) for o in consent.overrides):
        return False
    if not now < until <= end_of(months_later(day_of(now), 3)):
        return False
    consent.overrides.append(Override(by, now, until, people))
    consent.version += 1
    return True


def confirm(consent, consents, by, client, now):
    """A second professional confirms: from then on it counts. False if it is refused."""
    decided = next((o for o in consent.overrides if o.is_on_record(now)), None)
    if decided is None or decided.confirmed or decided.by == by:
        return False
    if not set(decided.refused_by) & set(refusing(consent, consents, client, now)):
        return False
    decided.confirmed = (by, now)
    consent.version += 1
    return True


def revoke(consent, now):
    """One professional is enough to end it."""
    decided = next((o for o in consent.overrides if o.is_on_record(now)), None)
    if decided is None:
        return False
    decided.revoked = now
    consent.version += 1
    return True
