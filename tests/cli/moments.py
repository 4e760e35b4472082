# SPDX-License-Identifier: MIT
"""usage: moments.py RINGSIDE COUNT SEED SIGNAL...: commands that get a signal at a random moment."""
import json
import os
import random
import signal
import subprocess
import sys
import time

import jsonschema

program, count, seed, names = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
print(f"SIGNAL_SEED={seed}")
random.seed(seed)
job = ["--filename=/dev/zero", "--size=64k", "--rw=read", "--quiet"]
trials = job + ["--trial-time=20ms", "--blocks=4"]
commands = {
    "run": (["run"] + job + ["--time_based", "--runtime=300ms", "--json=out.json",
                             "--csv=out.csv"], "schema"),
    "compare": (["compare", "--engines=psync,sync", "--json=out.json",
                 "--output=out.txt"] + trials, "comparison-schema"),
    "check": (["check", "--ref=sync", "--json=out.json", "--comparison=c.json", "--no-guards"]
              + trials,
              "check-schema"),
    "baseline": (["baseline", "record", "--sessions=2", "--idle=0", "--no-guards",
                  "--output=out.json"] + trials, None),
}
schemas = {}
for _, name in commands.values():
    if name:
        text = subprocess.run([program, "help", name], capture_output=True).stdout
        schemas[name] = jsonschema.Draft202012Validator(json.loads(text))
documents = dict.fromkeys(commands, 0)
caught = 0

def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []

def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return "ringside" in file.read().split(" (", 1)[1].split(")")[0]
    except OSError:
        return False

for moment in range(count):
    command = list(commands)[moment % len(commands)]
    arguments, schema = commands[command]
    number = signal.Signals[random.choice(names)]
    for name in os.listdir("."):
        if name.startswith(("out.", "c.json")):
            os.unlink(name)
    process = subprocess.Popen([program] + arguments, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    time.sleep(random.uniform(0, {"run": 0.45, "baseline": 1.2}.get(command, 0.8)))
    children = children_of(process.pid)
    process.send_signal(number)
    try:
        said = process.communicate(timeout=60)[1].decode()
    except subprocess.TimeoutExpired:
        process.kill()
        sys.exit(f"moment {moment}: {command} hangs after {number.name}")
    code = process.returncode
    where = f"moment {moment}: {command}, {number.name}, code {code}: "
    expected = {0, 3, 128 + number, -number} | ({1} if command == "check" else set())
    if code not in expected:
        sys.exit(where + "unexpected; " + said)
    if code < 0 and number != signal.SIGKILL and os.path.exists("out.json"):
        sys.exit(where + "a result of what was not caught")
    caught += code == 128 + number
    has_result = os.path.exists("out.json")
    if code == 128 + number and command in ("run", "check") and not has_result:
        sys.exit(where + "no result; " + said)
    if has_result:
        with open("out.json") as file:
            document = json.load(file)
        documents[command] += 1
        if schema:
            schemas[schema].validate(document)
    if os.path.exists("c.json"):
        with open("c.json") as file:
            schemas["comparison-schema"].validate(json.load(file))
    if number == signal.SIGKILL:
        for child in children:
            end = time.time() + 10
            while is_alive(child) and time.time() < end:
                time.sleep(0.01)
            if is_alive(child):
                sys.exit(where + "its trial goes on")
        continue
    left = os.listdir(os.environ["TMPDIR"])
    left += [name for name in os.listdir(".") if name.endswith(".tmp")]
    if left:
        sys.exit(where + f"left: {left}")
print(f"{caught} of {count} caught, documents: {documents}")
documents.pop("baseline")  # of one session there is none
if names != ["SIGKILL"] and (caught < count / 3 or min(documents.values()) < count / 40):
    sys.exit("too few of them were looked at")
