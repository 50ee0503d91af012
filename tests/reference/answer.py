"""Answers cases, one JSON text a line, on standard input; an empty line ends a batch, whose answers are then written.

A case is a history of acts, or a registration with consents as they stand, and the questions asked of it."""

import json
import sys

from consents import Consent, agree, record, spend, withdraw
from covenant import Covenant
from overriding import confirm, override, revoke
from people import Client
from resolver import Question


def live(acts, strict, rules):
    """Lives through the acts. Which were accepted, and the world afterwards."""
    client, consents, accepted = None, {}, []
    for act in acts:
        done, consent = True, consents.get(act.get("id"))
        if act["do"] == "register":
            client = Client(act["registration"], strict)
        elif act["do"] == "record":
            made = record(act, client, rules)
            done = made is not None
            if done:
                consents[made.id] = made
        elif consent is None:
            done = False
        elif act["do"] == "agree":
            who = (act["by"]["person"], act["by"]["capacity"])
            done = agree(consent, who, act["grantor_fields"], client, act["at"])
        elif act["do"] == "withdraw":
            done = withdraw(consent, act["person"], act["only"], client, rules, act["at"])
        elif act["do"] == "override":
            done = override(consent, consents.values(), act["by"], act["until"], client, act["at"])
        elif act["do"] == "confirm":
            done = confirm(consent, consents.values(), act["by"], client, act["at"])
        elif act["do"] == "revoke":
            done = revoke(consent, act["at"])
        else:
            spend(consent, act["spent"])
        accepted.append(done)
    return client, list(consents.values()), accepted


def answer(case, rules):
    strict = rules.is_strict(case["asks"][0]["custodian"])
    if "acts" in case:
        client, consents, accepted = live(case["acts"], strict, rules)
    else:
        client = case["registration"] and Client(case["registration"], strict)
        consents, accepted = [Consent(written) for written in case["consents"]], []
    answers = []
    for ask in case["asks"]:
        question = Question(client, consents, ask, rules)
        answers.append([question.related(), [question.answer(code) for code in ask["fields"]]])
    return {"accepted": accepted, "answers": answers}


def main(policies, parties):
    rules, batch = Covenant(policies, parties), []
    for line in sys.stdin:
        if line.strip():
            batch.append(json.dumps(answer(json.loads(line), rules)))
        else:
            sys.stdout.write("\n".join(batch) + "\n")
            sys.stdout.flush()
            batch.clear()


if __name__ == "__main__":
    main(*sys.argv[1:])
