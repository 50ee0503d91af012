"""Checks exported lines of the Logboek Dataverwerkingen and the Authorization Decision Log against schemas of their interface tables.

Neither standard publishes a schema file; `ldv.schema.json` and `adl.schema.json` state the tables of Logius-standaarden/
logboek-dataverwerkingen (sections/specificaties.md at 01340ad) and authorization-decision-log (sections/specifications.md at 0511b85).
They are read by the jsonschema package where it is installed."""

import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("\n!!! NOT VALIDATED: LDV and ADL lines: pip install jsonschema\n", file=sys.stderr)
    sys.exit(0)

HERE = pathlib.Path(__file__).parent
count = 0
for name in ("ldv", "adl"):
    schema = json.loads((HERE / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    found = 0
    for path in sorted(pathlib.Path(sys.argv[1]).glob(f"*.{name}")):
        for line in path.read_text().splitlines():
            problems = [problem.message for problem in validator.iter_errors(json.loads(line))]
            assert not problems, f"{path}: {problems}"
            found += 1
    assert found > 0, f"no {name} lines"
    print(f"{found} {name} lines are as their table says")
    # A schema that accepts everything proves nothing.
    broken = {**json.loads(line), "status": "Denied"} if found else {}
    assert list(validator.iter_errors(broken)), "a wrong status was not noticed"
