"""The whole story by a client that shares no code with the gateway: Python's grpcio with stubs generated from our proto,
PyJWT for the tokens, and a receipt checked with nothing but hashlib and an Ed25519 library.

    python story.py <path to the sluis command>
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import date, timedelta
from pathlib import Path

import grpc
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509 import load_pem_x509_certificate
from cryptography.hazmat.primitives.serialization import Encoding
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[2]
AUDIENCE = "https://sluis.python"
GATEWAY, ACCARE, ASSEN, HOOGEVEEN = (f"00000099000000000{n}" for n in ("001", "101", "201", "202"))
CLIENT, NOBODY = "999990019", "999993653"
NINE = ["person.name", "housing.situation", "housing.wish", "support.question", "support.approach-advice",
        "support.case-manager", "housing.eviction-threat", "money.worries", "support.in-care"]
FIVE = NINE[:5]
STEPS = 0


def check(sentence, holds):
    """One sentence of the story; it holds or the test ends."""
    global STEPS
    if not holds:
        raise SystemExit(f"NOT SO: {sentence}")
    STEPS += 1
    print(f"  {sentence}")


def bsn_is_valid(text):
    return sum(int(d) * w for d, w in zip(text, (9, 8, 7, 6, 5, 4, 3, 2, -1))) % 11 == 0


def prepare(sluis, folder):
    """Keys, certificates, issuers and a configuration, made with the command a newcomer would use."""
    def keys(*arguments):
        subprocess.run([sluis, "keys", *arguments], check=True, stdout=subprocess.DEVNULL)

    keys("ca", "--out", f"{folder}/ca")
    keys("ledger", "--origin", "sluis.python/ledger", "--out", str(folder))
    keys("pseudonym", "--out", str(folder))
    issuers = ""
    for organisation in (GATEWAY, ACCARE, ASSEN, HOOGEVEEN):
        keys("certificate", "--ca", f"{folder}/ca", "--organisation", organisation, "--name", organisation,
             "--dns", "localhost", "--out", f"{folder}/{organisation}")
        if organisation != GATEWAY:
            keys("issuer", "--out", f"{folder}/{organisation}")
            issuers += (f'[[issuer]]\nissuer = "https://idp.python/{organisation}"\norganisation = "{organisation}"\n'
                        f'algorithms = ["ES256"]\nkey_set = "{organisation}/issuer.jwks.json"\n\n')
    record = {
        "person.name": "Testjongere Python", "housing.situation": "with-parents",
        "housing.wish": "Een eigen kamer", "support.question": "Kan de gemeente meedenken",
        "support.approach-advice": "Eerst appen", "support.in-care": True,
    }
    (folder / "accare.json").write_text(json.dumps({"records": {"py-1": record}}))
    (folder / "accare.json").chmod(0o600)
    (folder / "sluis.toml").write_text(f"""
development = true
[server]
listen = "127.0.0.1:0"
certificate = "{GATEWAY}/cert.pem"
key = "{GATEWAY}/key.pem"
client_ca = "ca/ca.pem"
[ledger]
key = "ledger.key"
[covenant]
policies = "{ROOT}/policies"
parties = "{ROOT}/deploy/parties.toml"
[identity]
audience = "{AUDIENCE}"
pseudonym_key = "pseudonym.key"
{issuers}
[[custodian]]
organisation = "{ACCARE}"
records = "accare.json"
""")


def serve(sluis, folder):
    log = open(folder / "log.jsonl", "w+")
    process = subprocess.Popen([sluis, "serve", "--config", f"{folder}/sluis.toml"], stderr=log)
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit((folder / "log.jsonl").read_text())
        found = re.search(r'"address":"([^"]+)"', (folder / "log.jsonl").read_text())
        if found:
            return process, found.group(1)
        time.sleep(0.05)
    raise SystemExit("the gateway did not start")


def stubs(folder):
    out = folder / "stubs"
    out.mkdir()
    files = [str(p.relative_to(ROOT / "proto")) for p in (ROOT / "proto").rglob("*.proto")]
    if protoc.main(["protoc", f"-I{ROOT}/proto", f"--python_out={out}", f"--grpc_python_out={out}", *files]) != 0:
        raise SystemExit("the contract does not compile with protoc")
    sys.path.insert(0, str(out))


class Party:
    """An organisation with its certificate, and a professional with a token bound to it."""

    def __init__(self, folder, address, organisation, role):
        own = folder / organisation
        read = lambda path: path.read_bytes()
        credentials = grpc.ssl_channel_credentials(
            read(folder / "ca/ca.pem"), read(own / "key.pem"), read(own / "cert.pem"))
        options = [("grpc.ssl_target_name_override", "localhost")]
        self.channel = grpc.secure_channel(address, credentials, options)
        certificate = load_pem_x509_certificate(read(own / "cert.pem"))
        thumbprint = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
        now = int(time.time())
        key_id = json.loads((own / "issuer.jwks.json").read_text())["keys"][0]["kid"]
        self.claims = {
            "iss": f"https://idp.python/{organisation}", "aud": AUDIENCE, "sub": "professional-py",
            "organisation": organisation, "role": role, "acr": "substantial", "jti": uuid.uuid4().hex,
            "iat": now, "nbf": now, "exp": now + 300,
            "cnf": {"x5t#S256": base64.urlsafe_b64encode(thumbprint).rstrip(b"=").decode()},
        }
        token = jwt.encode(self.claims, read(own / "issuer.key.pem"), "ES256", headers={"kid": key_id})
        self.metadata = (("authorization", f"Bearer {token}"),)

    def call(self, method, message):
        return method(message, metadata=self.metadata, timeout=20)


def verify_receipt(receipt, leaf, vkey):
    """RFC 6962 inclusion and a C2SP signed note, from the specifications."""
    head, note = receipt.split("\n\n", 1)
    lines = head.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    index = int(lines[1].removeprefix("index "))
    proof = [base64.b64decode(line) for line in lines[2:]]
    text, signatures = note.split("\n\n", 1)
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    name, key_id, encoded = vkey.strip().split("+", 2)
    key = base64.b64decode(encoded)
    assert key[0] == 1 and hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] == key_id and origin == name
    signature = base64.b64decode(re.search(rf"^— {re.escape(name)} (\S+)$", signatures, re.M).group(1))
    assert signature[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], text.encode())
    node = lambda left, right: hashlib.sha256(b"\x01" + left + right).digest()
    hash_, at, last = leaf, index, int(size) - 1
    for sibling in proof:
        if at % 2 or at == last:
            hash_ = node(sibling, hash_)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            hash_ = node(hash_, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and hash_ == base64.b64decode(root)


def story(sluis, folder, address):
    from sluis.v1 import audit_pb2, audit_pb2_grpc, consent_pb2, consent_pb2_grpc
    from sluis.v1 import disclosure_pb2, disclosure_pb2_grpc, field_pb2

    def person(bsn):
        return field_pb2.ClientName(bsn=bsn)

    def ask(party, bsn=CLIENT, fields=NINE, **other):
        body = dict(request_id=str(uuid.uuid4()), client=person(bsn), custodian=ACCARE, purpose="housing",
                    requested_fields=fields, ground="R01") | other
        stub = disclosure_pb2_grpc.DisclosureServiceStub(party.channel)
        return party.call(stub.Disclose, disclosure_pb2.DiscloseRequest(**body))

    def refused(call, code):
        try:
            call()
        except grpc.RpcError as error:
            return error.code() == code and CLIENT not in error.details()
        return False

    care = Party(folder, address, ACCARE, "fact-behandelaar")
    municipality = Party(folder, address, ASSEN, "wijkteam")
    stranger = Party(folder, address, HOOGEVEEN, "wijkteam")
    consents = consent_pb2_grpc.ConsentServiceStub(care.channel)
    birth = date.today() - timedelta(days=int(15.5 * 365.25))
    parent = lambda name: consent_pb2.Authority(
        person=name, capacity=consent_pb2.CAPACITY_PARENT_AUTHORITY, checked_on=str(date.today()),
        period=consent_pb2.Period(**{"from": str(birth)}), source=consent_pb2.AUTHORITY_SOURCE_AUTHORITY_REGISTER)

    care.call(consents.RegisterClient, consent_pb2.RegisterClientRequest(
        client=person(CLIENT), registration=consent_pb2.Registration(
            custodian_reference="py-1", birth_date=str(birth), authority=[parent("mother"), parent("father")])))
    recorded = care.call(consents.RecordConsent, consent_pb2.RecordConsentRequest(
        client=person(CLIENT),
        permit=consent_pb2.Permit(recipient_organisation=ASSEN, recipient_role="wijkteam", purpose="housing", fields=FIVE),
        period=consent_pb2.Period(until=str(date.today() + timedelta(days=90))),
        grantor=consent_pb2.Grantor(person="client", capacity=consent_pb2.CAPACITY_YOUTH),
        evidence=consent_pb2.Evidence(channel=consent_pb2.CHANNEL_WRITTEN, text_version="v3", language="nl",
                                      refusal_explained=True)))
    consent = recorded.consent.consent_id
    check("the fifteen-year-old agreed; both parents must still agree",
          sorted(g.person for g in recorded.consent.waiting_for) == ["father", "mother"])
    check("before they do, the municipality gets nothing", not ask(municipality).released)
    for name in ("mother", "father"):
        care.call(consents.AddGrant, consent_pb2.AddGrantRequest(
            client=person(CLIENT), consent_id=consent,
            grantor=consent_pb2.Grantor(person=name, capacity=consent_pb2.CAPACITY_PARENT_AUTHORITY)))

    answer = ask(municipality)
    check("of nine fields the municipality gets the five that were consented to, and their values",
          [f.field for f in answer.released] == FIVE and answer.released[0].value.text == "Testjongere Python")
    check("and reads why the other four were withheld",
          [w.reason for w in answer.withheld] == ["NO_CONSENT", "NO_CONSENT", "OUTSIDE_PURPOSE", "OUTSIDE_PURPOSE"])
    vkey = (folder / "ledger.vkey").read_text()
    check("the receipt verifies with hashlib and Ed25519 alone", verify_receipt(answer.receipt, answer.leaf, vkey))
    check("and not for another entry", not verify_receipt(answer.receipt, bytes(32), vkey))

    audit = audit_pb2_grpc.AuditServiceStub(municipality.channel)
    care.call(consents.WithdrawConsent, consent_pb2.WithdrawConsentRequest(
        client=person(CLIENT), consent_id=consent, person="father"))
    after = ask(municipality)
    check("one parent withdraws: the next ask yields nothing",
          not after.released and after.withheld[0].reason == "CONSENT_WITHDRAWN")
    late = municipality.call(audit.GetReceipt, audit_pb2.GetReceiptRequest(index=answer.entry_index))
    check("the earlier disclosure is still proven, against the newest head",
          verify_receipt(late.receipt, answer.leaf, vkey))

    def silent(message):
        message.entry_index, message.receipt, message.leaf = 0, "", b""
        return message.SerializeToString(deterministic=True)

    check("to a stranger this client and a number nobody registered are the same bytes",
          silent(ask(stranger)) == silent(ask(stranger, bsn=NOBODY)))
    check("an asterisk is refused", refused(lambda: ask(municipality, fields=["*"]), grpc.StatusCode.INVALID_ARGUMENT))
    check("no token, no answer", refused(
        lambda: disclosure_pb2_grpc.DisclosureServiceStub(municipality.channel).Disclose(
            disclosure_pb2.DiscloseRequest(), timeout=20), grpc.StatusCode.UNAUTHENTICATED))
    stranger.metadata = municipality.metadata
    check("a token over another organisation's connection is refused",
          refused(lambda: ask(stranger), grpc.StatusCode.UNAUTHENTICATED))


def main():
    sluis = str(Path(sys.argv[1]).resolve())
    assert bsn_is_valid(CLIENT) and bsn_is_valid(NOBODY)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(sluis, folder)
        stubs(folder)
        process, address = serve(sluis, folder)
        try:
            story(sluis, folder, address.replace("127.0.0.1", "localhost"))
        finally:
            process.terminate()
            process.wait(30)
        check("the gateway stopped in order", process.returncode == 0)
        verified = subprocess.run([sluis, "ledger", "verify", "--database", f"{folder}/sluis.db",
                                   "--vkey", f"{folder}/ledger.vkey"], capture_output=True, text=True)
        check("the ledger verifies from entry 0", verified.returncode == 0)
    print(f"{STEPS} passed, 0 failed")


if __name__ == "__main__":
    main()
