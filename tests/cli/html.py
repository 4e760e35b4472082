# SPDX-License-Identifier: MIT
"""What a reader of a report in HTML would see, asked of a browser.

usage: html.py serve SOCKET      one browser for all that is asked, until it is told to quit
       html.py ask SOCKET CHECK PAGE ARGUMENT...
CHECK is a function below that is marked so; what does not hold goes to stdout, and the exit code
is 1. A page of which anything is on the console, or that asks for anything, fails each of them.
"""
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chromium import Chromium, Failure, Page  # noqa: E402

CHECKS = {}
SAMPLE = 50
OPEN_LIMIT_S = 20  # a busy machine; the report of a change has the figure
BYTES_LIMIT = 2_000_000

# How figures are rounded (src/text/figure.c): three digits, and a unit.
UNITS = {
    "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "%": 1e-2,
    "ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "min": 60e9, "h": 3600e9, "d": 86400e9,
    "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50,
    "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15,
}


def check(function):
    CHECKS[function.__name__] = function
    return function


def need(holds, *words):
    if not holds:
        raise Failure(" ".join(str(word) for word in words))


def picture(browser, png):
    """Width, height, number of colours and the share of the commonest, as the browser decodes it:
    any kind of PNG."""
    import base64
    data = base64.b64encode(png).decode()
    target = browser.call("Target.createTarget", {"url": "about:blank"})["targetId"]
    session = browser.call("Target.attachToTarget",
                           {"targetId": target, "flatten": True})["sessionId"]
    answer = browser.call("Runtime.evaluate", {
        "awaitPromise": True, "returnByValue": True, "expression": """(async () => {
            const bytes = Uint8Array.from(atob(%s), c => c.charCodeAt(0));
            const image = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
            const canvas = new OffscreenCanvas(image.width, image.height);
            const context = canvas.getContext("2d");
            context.drawImage(image, 0, 0);
            const pixels = new Uint32Array(context.getImageData(
                0, 0, image.width, image.height).data.buffer);
            const counts = new Map();
            let sum = 0;
            for (const pixel of pixels) {
                counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
                sum += (pixel & 255) + (pixel >> 8 & 255) + (pixel >> 16 & 255);
            }
            return {width: image.width, height: image.height, colours: counts.size,
                    most: Math.max(...counts.values()) / pixels.length,
                    light: sum / pixels.length / 765};
        })()""" % json.dumps(data)}, session)
    browser.call("Target.closeTarget", {"targetId": target})
    if "exceptionDetails" in answer:
        raise Failure("a picture that cannot be decoded")
    return answer["result"]["value"]


def need_drawn(browser, png, what):
    seen = picture(browser, png)
    need(seen["colours"] >= 8 and seen["most"] < 0.995, what, "is blank:", seen)
    return seen


@check
def looks(browser, path, folder=None):
    """Not blank: light, dark, and printed; dark is dark. `folder` keeps the pictures."""
    seen = {}
    with Page(browser, path) as page:
        for name, media, dark in (("light", None, False), ("dark", None, True),
                                  ("print", "print", False)):
            page.emulate(media, dark)
            page.settle()
            png = page.screenshot()
            if folder:
                with open(os.path.join(folder, f"{name}.png"), "wb") as file:
                    file.write(png)
            seen[name] = need_drawn(browser, png, name)
        page.quiet()
    need(seen["dark"]["light"] < 0.4 < seen["light"]["light"], "dark is not dark:", seen)
    need(seen["print"]["light"] > 0.6, "paper is dark:", seen)


@check
def paper(browser, path):
    """Printed, nothing is cut off that a screen can scroll, and nothing shown that is operated."""
    with Page(browser, path, width=700, media="print") as page:
        need(page.run("""[...document.querySelectorAll(".command code")].filter(
            e => e.clientWidth > 0 && e.scrollWidth <= e.clientWidth).length""") > 0,
            "the command is cut off")
        shown = page.run("""[...document.querySelectorAll("button, select, p.controls")].filter(
            e => e.getClientRects().length && !e.closest(".legend")).map(e => e.textContent)""")
        need(shown == [], "on paper:", shown)
        need(page.run("""[...document.querySelectorAll("h3, section > .note")].every(
            e => getComputedStyle(e).breakAfter === "avoid")"""), "a heading may stand alone")
        need(page.run("""[...document.querySelectorAll(".legend")].every(
            e => e.closest("details") || e.getClientRects().length)"""), "no legend on paper")
        page.quiet()


def figure_of(text):
    """The number that a rounded text says, and how much it may be off by; None: no number."""
    match = re.fullmatch(r"([-−+]?[0-9][0-9  ,']*(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)\s*(.*)",
                         text.strip())
    if not match:
        return None
    digits = re.sub(r"[  ,']", "", match[1]).replace("−", "-")
    unit = match[2].strip().removesuffix("/s").strip()
    return (float(digits), UNITS.get(unit), unit)


def agrees(text, value):
    said = figure_of(text)
    if value is None:
        return said is None
    if text.startswith("<0.000001"):
        return 0 < abs(value) < 0.5e-6
    if said is None:
        return False
    number, factor, unit = said
    if number == 0 and value != 0:
        return False
    # Some paths are shares that are shown as percents, or seconds that are shown with a unit.
    factors = [1] if factor is None else [factor, factor / 1e9] if unit in (
        "ns", "us", "µs", "ms", "s", "min", "h") else [factor, 1] if unit == "%" else [factor]
    # Three digits, or six decimals where those are fewer.
    return any(abs(number * f - value) <= 0.006 * abs(value) + 0.51e-6 * f for f in factors)


# Every table, as it is shown: all that opens on demand is opened.
TABLES = """(async () => {
    for (const details of document.querySelectorAll("details"))
        details.open = true;
    await new Promise(done => setTimeout(done, 0));
    return [...document.querySelectorAll("table")].map(table => ({
        caption: table.caption?.textContent ?? "",
        columns: [...table.querySelectorAll("thead th")].map(th => th.firstChild?.data ?? ""),
        rows: [...table.querySelectorAll("tbody tr")].map(tr => [...tr.cells].map(cell =>
            [cell.textContent, cell.dataset.value ?? null])),
    }));
})()"""


def is_number(text):
    try:
        float(text)
        return text != "NaN"
    except (TypeError, ValueError):
        return False


def check_texts(tables):
    """People read the number that stands behind the text."""
    for table in tables:
        for row in table["rows"]:
            for name, (shown, value) in zip(table["columns"], row):
                need(not is_number(value) or is_number(shown) and float(shown) == float(value) or
                     agrees(shown, float(value)), f"{table['caption']}, {name}: {shown!r} is shown,"
                     f" the number is {value}")


def supports(latency, percent):
    """Whether ten samples are above: the text output shows no other percentiles."""
    return latency["count"] * (100 - percent) / 100 >= 10 - 1e-6


def is_split(cpu):
    """Whether user and system time can be told apart, as the text output has it."""
    return cpu["user_ns"] + cpu["system_ns"] >= 1e8 and not cpu["pacing_ns"]


def names_of(job):
    """Directions that a job's page shows, and how it names them."""
    active = [d for d in ("read", "write", "trim", "sync") if job.get(d) and job[d]["ios"] > 0]
    return {d: f"{job['name']} {d}" if len(active) > 1 else job["name"] for d in active}


def expected_of_run(document):
    """(path, value, table, row, column) of what the page of a run has to show."""
    jobs, cpu = "Jobs, a row for each direction", "CPU time per I/O"
    for j, job in enumerate(document["jobs"]):
        for direction, name in names_of(job).items():
            part = job[direction]
            for figure, column in (("iops", "IOPS"), ("bytes_per_second", "Bandwidth")):
                yield f"jobs.{j}.{direction}.{figure}", part[figure], jobs, name, column
            for percent in ("50", "99", "99.9"):
                yield (f"jobs.{j}.{direction}.lat_ns.p{percent}",
                       part["lat_ns"]["percentiles"].get(percent)
                       if supports(part["lat_ns"], float(percent)) else None,
                       jobs, name, f"p{percent}")
            if part["pace"]:
                for key in ("lag", "service"):
                    yield (f"jobs.{j}.{direction}.pace.{key}_ns", part["pace"][f"{key}_ns"]["max"],
                           "Latency in its parts", f"{name} {key}", "max")
            yield f"jobs.{j}.{direction}.lat_ns.max", part["lat_ns"]["max"], jobs, name, "max"
            for i, one in enumerate(job["series"]["intervals"]):
                if direction not in one:
                    continue
                start = (job["started_ns"] + one["start_ns"]) / 1e9
                seconds = one["duration_ns"] / 1e9
                for figure in ("p50", "p99", "max"):
                    yield (f"jobs.{j}.series.{i}.{direction}.{figure}",
                           one[direction]["lat_ns"][figure], f"Latency over time: {figure}", start,
                           name)
                yield (f"jobs.{j}.series.{i}.{direction}.ios", one[direction]["ios"] / seconds,
                       "IOPS over time", start, name)
        yield f"jobs.{j}.cpu.cores", job["cpu"]["cores"], cpu, job["name"], "Cores"
        own = job["cpu"]["user_ns_per_io"] + job["cpu"]["system_ns_per_io"]
        yield f"jobs.{j}.cpu.user and system", own, cpu, job["name"], "both"
        yield (f"jobs.{j}.cpu.user_ns_per_io",
               job["cpu"]["user_ns_per_io"] if is_split(job["cpu"]) else None,
               cpu, job["name"], "user")


def expected_of_comparison(document):
    """Each metric of each contender, and what it costs."""
    for p, point in enumerate(document["points"][:1]):
        for v in (point["verdicts"] or {"contenders": []})["contenders"]:
            index = [c["name"] for c in point["contenders"]].index(v["contender"])
            trials = [t for t in point["trials"] if t["contender"] == index]
            doubt = any(t["counts"] and t["mismatch"] for t in trials)
            label = ("! " if doubt else "") + v["contender"] + (
                " (ref)" if index == point["reference"] and not point["own_references"] else "")
            for key, metric in v["metrics"].items() if trials else ():
                for part in ("level", "level_lo", "effect", "hi", "p_adjusted"):
                    yield (f"points.{p}.{v['contender']}.{key}.{part}", metric[part],
                           f"{label}: every metric, as in the JSON", key, part.replace("_", " "))
            for key, column in (("iops", "IOPS"), ("cores", "Cores"), ("cpu_ns_per_io", "CPU/IO")):
                if trials and key in v["metrics"]:
                    yield (f"{v['contender']}.{key}", v["metrics"][key]["level"],
                           "What each contender costs", label, column)


def expected_of_check(document):
    seen = set()
    for gate in document["gates"]:
        if gate["name"] in seen:
            continue
        seen.add(gate["name"])
        for key in ("threshold", "before", "now", "change", "change_lo", "change_hi", "p_worse",
                    "smallest_loss", "now_count"):
            yield (f"{gate['name']}.{key}", gate[key], "Every gate, as in the JSON", gate["name"],
                   key.replace("_", " "))


def expected_of_curve(document):
    columns = {"achieved_iops": "done", "p50_ns": "p50", "cpu_ns_per_io": "CPU time per I/O",
               "cores": "cores", "depth": "in flight"}
    for i, line in enumerate(document["lines"]):
        name = f"{chr(65 + i)} {line['name']}" if len(document["lines"]) > 1 else line["name"]
        for point in line["points"]:
            if point["window_s"] <= 0 or point["ios"] < 20:
                continue
            for key, column in columns.items():
                yield (f"{name}.{point['offered_iops']}.{key}", point["figures"][key]["value"],
                       f"Loads of {name}", float(point["offered_iops"]), column)


def expected_of_history(document):
    for line in document["lines"]:
        for name, gate in line["gates"].items():
            for key, column in (("mean", "Mean"), ("se", "Standard error"), ("n", "Trials")):
                yield f"{line['time']}.{name}.{key}", gate[key], name, line["time"], column


def expected_of_fio(document):
    """The same of fio's JSON: of clat, whose percentiles it has."""
    jobs = "Jobs, a row for each direction"
    for j, job in enumerate(document["jobs"]):
        active = [d for d in ("read", "write", "trim") if job[d]["total_ios"] > 0]
        for direction in active:
            part, name = job[direction], job["jobname"]
            name = f"{name} {direction}" if len(active) > 1 else name
            where = f"jobs.{j}.{direction}"
            yield f"{where}.iops", part["iops"], jobs, name, "IOPS"
            yield f"{where}.bw_bytes", part["bw_bytes"], jobs, name, "Bandwidth"
            yield f"{where}.clat_ns.max", part["clat_ns"]["max"], jobs, name, "max"
            for percent in ("50", "99", "99.9"):
                ns = part["clat_ns"]["percentile"][f"{float(percent):.6f}"]
                yield f"{where}.clat_ns.percentile.{percent}", ns, jobs, name, f"p{percent}"


def expected_of_logs(document):
    """The same of logs: columns over time, with nothing where nothing is known."""
    for j, job in enumerate(document["jobs"]):
        active = [d for d in ("read", "write", "trim") if d in job]
        columns, start = job["series_columns"], 0
        for i, duration in enumerate(columns["duration_ns"]):
            for direction in active:
                name = f"{job['name']} {direction}" if len(active) > 1 else job["name"]
                for key, title, scale in (("ios", "IOPS over time", 1e9 / duration),
                                          ("bytes", "Bandwidth over time", 1e9 / duration),
                                          ("p99", "Latency over time: p99", 1),
                                          ("mean", "Latency over time: mean", 1)):
                    value = columns[direction][key][i]
                    has_means = all(one is None for d in active for one in columns[d]["p99"])
                    if (key == "mean") != has_means and key in ("mean", "p99"):
                        continue
                    yield (f"jobs.{j}.series_columns.{direction}.{key}.{i}",
                           None if value is None else value * scale, title, start / 1e9, name)
            start += duration


EXPECTED = {
    "ringside-fio-logs": expected_of_logs, "fio": expected_of_fio,
    "ringside-result": expected_of_run, "ringside-comparison": expected_of_comparison,
    "ringside-check": expected_of_check, "ringside-curve": expected_of_curve,
    "ringside-history": expected_of_history,
}


def load(name):
    """A document; the lines of a history as the one that its page has."""
    with open(name, encoding="utf-8") as file:
        if name.endswith(".jsonl"):
            lines = [json.loads(line) for line in file]
            return {"schema": lines[0]["schema"], "lines": lines}
        return json.load(file)


def find_cell(tables, caption, name, column):
    """What stands there; a row is named by its first cell, or begins at that second: jobs whose
    intervals are a ms apart share a row. None: nothing."""
    found = None
    for table in tables:
        if table["caption"] != caption or column not in table["columns"]:
            continue
        for row in table["rows"]:
            text, value = row[0]
            if text == name or (isinstance(name, float) and is_number(value) and
                                abs(float(value) - name) < 2e-3):
                cell = row[table["columns"].index(column)]
                found = cell if cell[1] is not None or not found else found
    return found


def sample_of(expected, chance):
    """Of each column of each table one, and as many more as make a sample."""
    chance.shuffle(expected)
    columns = {(table, column): one for one in expected for table, column in [(one[2], one[4])]}
    return list(columns.values()) + expected[:max(0, SAMPLE - len(columns))]


@check
def counts(browser, path, selector, number):
    """So many of the marks are drawn."""
    with Page(browser, path) as page:
        seen = page.run(f"document.querySelectorAll({json.dumps(selector)}).length")
        need(seen == int(number), selector, "is drawn", seen, "times, not", number)
        page.quiet()


@check
def numbers(browser, path, seed, *names):
    """A sample of the document's numbers, each where the page shows it; and each number on the
    page, as people read it."""
    expected = []
    for name in names:
        document = load(name)
        expected += EXPECTED[document.get("schema", "fio").split("/")[0]](document)
    with Page(browser, path) as page:
        tables = page.run(TABLES)
        page.quiet()
    check_texts(tables)
    need(len(expected) >= 10, "numbers to look for:", len(expected))
    wrong = []
    for where, value, *place in sample_of(expected, random.Random(int(seed))):
        shown = find_cell(tables, *place)
        if shown is None and value is None:
            continue  # of what is unknown throughout there is no picture
        if shown is None or (shown[1] is not None if value is None else
                             not is_number(shown[1]) or
                             abs(float(shown[1]) - value) > 1e-12 * abs(value)):
            wrong.append(f"{where} is {value}, the page has {shown} in {place}")
    need(not wrong, f"seed {seed}:", *(f"\n{line}" for line in wrong))


# Of each picture: how high its text is on the screen, and labels of the lower axis that overlap.
SMALL = """[...document.querySelectorAll("figure svg")].map(svg => {
    const texts = [...(svg.querySelector(".axis")?.querySelectorAll(".tick text") ?? [])]
        .map(text => [text.textContent, text.getBoundingClientRect()])
        .sort((a, b) => a[1].left - b[1].left);
    return [svg.getAttribute("aria-label"), Math.min(...texts.map(([, box]) => box.height)),
        texts.flatMap(([text, box], i) => i && box.left < texts[i - 1][1].right ? [text] : [])];
})"""


@check
def narrow(browser, path):
    """On a small screen, too, text in pictures can be read."""
    with Page(browser, path, width=400, height=800) as page:
        pictures = page.run(SMALL)
        page.quiet()
    need(len(pictures) > 4, "pictures:", pictures)
    for name, height, overlaps in pictures:
        need(height is None or height >= 10, f"{name}: text is {height} high")
        need(not overlaps, f"{name}: labels overlap:", overlaps)


@check
def together(browser, path, name):
    """What all jobs of a run did at one time, on top of its page; and clones have names of their
    own."""
    with open(name, encoding="utf-8") as file:
        jobs = json.load(file)["jobs"]
    with Page(browser, path) as page:
        tiles = dict(page.run("""[...document.querySelectorAll(".tile")].map(tile =>
            [tile.querySelector(".name").textContent, tile.querySelector(".value").textContent])"""))
        rows = page.run("""[...document.querySelector("table").querySelectorAll("tbody th")]
            .map(th => th.textContent)""")
        page.quiet()
    span = max(j["started_ns"] + j["elapsed_ns"] for j in jobs) - min(j["started_ns"] for j in jobs)
    counts, lats = {}, [j["read"]["lat_ns"] for j in jobs]
    for lat in lats:
        for bucket, count in lat["histogram"]["counts"]:
            counts[bucket] = counts.get(bucket, 0) + count
    wanted, sum_ = sum(lat["count"] for lat in lats) * 0.99, 0
    for bucket in sorted(counts):
        sum_ += counts[bucket]
        if sum_ >= wanted:
            break
    shift = max(0, (bucket >> 7) - 1)
    p99 = ((bucket - shift * 128 + 1) << shift) - 1
    for tile, value in (("IOPS, all jobs", sum(j["read"]["ios"] for j in jobs) / (span / 1e9)),
                        ("Latency, p99, all jobs", p99),
                        ("CPU per I/O", sum(j["cpu"]["total_ns"] for j in jobs) /
                         sum(j["read"]["ios"] for j in jobs))):
        need(tile in tiles and agrees(tiles[tile], value), f"{tile}: {value}, on the page", tiles)
    need(len(set(rows)) == len(rows) == len(jobs), "names of jobs:", rows)


# The first and last number on the axis of each picture of time, and all of them.
AXES = """[...document.querySelectorAll("figure svg")].filter(svg => svg.querySelector(".surface"))
    .map(svg => [...svg.querySelector(".axis").querySelectorAll("text")].map(t => t.textContent))"""
SURFACE = 'document.querySelector("svg .surface")'
TIP = """[...document.querySelectorAll("svg .tip")].filter(e => e.getAttribute("display") !== "none")
    .map(e => e.textContent).join("|")"""


def seconds(text):
    total = 0
    for part in text.split(":"):
        total = total * 60 + float(part)
    return total


@check
def zoom(browser, path):
    """A drag over a picture of time narrows its axis and that of all others; a double click is the
    way back. So are keys."""
    with Page(browser, path) as page:
        before = page.run(AXES)
        need(len(before) > 1 and len(set(map(tuple, before))) == 1, "axes of time:", before)
        span = seconds(before[0][-1]) - seconds(before[0][0])
        is_as_before = f"JSON.stringify({AXES}) === JSON.stringify({json.dumps(before)})"

        def see_narrow(how):
            page.until(f"!({is_as_before})", f"zoomed by {how}")
            after = page.run(AXES)
            need(len(set(map(tuple, after))) == 1, "pictures that do not follow:", after)
            need(seconds(after[0][-1]) - seconds(after[0][0]) < span * 0.7, how, "leads to", after)

        x, y, width, height = page.box(SURFACE)
        page.drag((x + width * 0.4, y + height / 2), (x + width * 0.7, y + height / 2))
        see_narrow("a drag")
        page.double((x + width / 2, y + height / 2))
        page.until(is_as_before, "zoomed out by a double click")
        page.run(f'{SURFACE}.closest("svg").focus()')
        page.press("+")
        see_narrow("a key")
        page.press("0")
        page.until(is_as_before, "zoomed out by a key")
        page.quiet()


@check
def hover(browser, path):
    """The pointer over a picture of time shows figures of that time, in all of them."""
    with Page(browser, path) as page:
        need(not page.run(TIP), "something is shown before the pointer is there")
        x, y, width, height = page.box(SURFACE)
        page.mouse("mouseMoved", x + width * 0.5, y + height * 0.5)
        page.until(f"/[0-9].*\\|.*[0-9]/.test({TIP})", "shown by the pointer")
        first = page.run(TIP)
        page.mouse("mouseMoved", x + width * 0.25, y + height * 0.5)
        page.until(f"({TIP}) !== {json.dumps(first)}", "shown by the pointer elsewhere")
        page.mouse("mouseMoved", 1, 1)
        page.until(f"!({TIP})", "gone with the pointer")
        page.quiet()


@check
def toggles(browser, path):
    """Each button that switches a series off and on does so by mouse and by keyboard, and says
    so."""
    lines = 'document.querySelectorAll("figure path.series").length'
    with Page(browser, path) as page:
        count = page.run('document.querySelectorAll("button[aria-pressed]").length')
        need(count > 1, "buttons that switch:", count)
        for i in range(min(count, 4)):
            button = f'document.querySelectorAll("button[aria-pressed]")[{i}]'
            pressed = f'{button}.getAttribute("aria-pressed")'
            before = page.run(lines)
            page.click(button)
            page.until(f'{pressed} === "false"', "switched off by the mouse")
            need(page.run(lines) < before, "a switch that takes nothing away:",
                 page.run(f"{button}.textContent"))
            page.run(f"{button}.focus()")
            page.press("Enter")
            page.until(f'{pressed} === "true"', "switched on by the keyboard")
            need(page.run(lines) == before, "a switch that is no way back:",
                 page.run(f"{button}.textContent"))
        page.quiet()


# What no picture may have: a place or a figure that came of nothing.
BROKEN = """[...document.querySelectorAll("figure svg *")].filter(e =>
    /NaN|Infinity|undefined/.test([...e.attributes].map(a => a.value).join() +
    (e.children.length ? "" : e.textContent))).slice(0, 3).map(e => e.outerHTML.slice(0, 200))"""


@check
def choices(browser, path):
    """Whatever is chosen from each list, the picture is whole."""
    with Page(browser, path) as page:
        lists = page.run('document.querySelectorAll("figure select").length')
        need(lists > 0, "no list to choose from")
        broken = page.run("""[...document.querySelectorAll("figure select")].flatMap(list =>
            [...list.options].flatMap(option => {
                list.value = option.value;
                list.dispatchEvent(new Event("change"));
                return (%s).map(one => `${option.value}: ${one}`);
            }))""" % BROKEN)
        need(not broken, *(f"\n{line}" for line in broken))
        page.quiet()


@check
def lacks(browser, path, *texts):
    """What the page must not say."""
    with Page(browser, path) as page:
        whole = page.run("document.querySelector('article').textContent")
        for words in texts:
            need(words not in whole, "on the page:", words)
        page.quiet()


@check
def left_of(browser, path, selector, other):
    """The first is drawn on the left of the other."""
    left = "(s => document.querySelector(s).getBoundingClientRect().x)"
    with Page(browser, path) as page:
        places = [page.run(f"{left}({json.dumps(one)})") for one in (selector, other)]
        need(places[0] < places[1], selector, "at", places[0], "is not left of", other, "at",
             places[1])
        page.quiet()


def buttons_of(kind):
    return f'document.querySelectorAll("button[data-save={kind}]")'


@check
def saves(browser, path, *documents):
    """The buttons save the documents as they are, and pictures as SVG and PNG: the first of a kind
    by a download, the others as what they would save."""
    with Page(browser, path) as page:
        counts = [page.run(f"{buttons_of(kind)}.length") for kind in ("json", "svg", "png")]
        need(counts[0] == len(documents), "buttons for", len(documents), "documents:", counts[0])
        need(counts[1] > 0 and counts[1] == counts[2], "buttons of pictures:", counts)
        for i, name in enumerate(documents):
            saved = page.download(f"{buttons_of('json')}[{i}]")
            need(load(saved) == load(name), name, "is saved as something else")
            os.unlink(saved)
        for i in range(counts[1]):
            save = page.saved if i else page.download
            saved = save(f"{buttons_of('svg')}[{i}]")
            check_svg(browser, saved, i % 3 == 0)
            os.unlink(saved)
            page.call("Page.bringToFront")
            if i % 3 != 0:
                continue  # a look at one takes a second
            saved = save(f"{buttons_of('png')}[{i}]")
            with open(saved, "rb") as file:
                need_drawn(browser, file.read(), os.path.basename(saved))
            os.unlink(saved)
            page.call("Page.bringToFront")
        page.quiet()


def check_svg(browser, saved, is_looked_at):
    """Well-formed, asks for nothing, and drawn where there is no page around it."""
    name = os.path.basename(saved)
    judged = subprocess.run(["xmllint", "--noout", "--nonet", saved], capture_output=True,
                            text=True, check=False)
    need(judged.returncode == 0, judged.stderr)
    for element in xml.etree.ElementTree.parse(saved).iter():
        need(not element.tag.endswith("}script"), name, "has a script")
        for attribute, value in element.attrib.items():
            need("var(" not in value, name, "has a value that only the page knows:", value)
            where = re.match(r'url\(["\']?([^"\')]*)', value)
            where = where[1] if where else value if attribute.endswith("href") else "#"
            need(where.startswith(("#", "data:")), name, "needs", where)
    if is_looked_at:
        with Page(browser, saved, width=1000, height=600, is_plain=True) as page:
            need_drawn(browser, page.screenshot(), name)
            page.quiet()


@check
def text(browser, path, *texts):
    """Each text stands on the page as text: nothing of it became an element or a script."""
    with Page(browser, path) as page:
        need(not page.run("window.attacked"), "a text was run")
        need(page.run('document.querySelectorAll("img, iframe, object, embed").length') == 0,
             "a text became an element")
        whole = page.run("document.body.textContent") if not texts else page.run(
            """[...document.querySelectorAll("body *")].filter(e => e.tagName !== "SCRIPT")
                .flatMap(e => [...e.childNodes].filter(n => n.nodeType === 3)
                .map(n => n.data)).join("\\n")""")
        for words in texts:
            need(words in whole, "not on the page:", words)
        need(page.events("Page.javascriptDialogOpening") == [], "a dialogue was opened")
        page.quiet()


@check
def accessible(browser, path, axe):
    """axe-core finds nothing serious, light and dark."""
    with open(axe, encoding="utf-8") as file:
        script = file.read()
    for dark in (False, True):
        with Page(browser, path, dark=dark) as page:
            page.run(script + "; 0")
            found = page.run("""axe.run(document, {resultTypes: ["violations"]}).then(r =>
                r.violations.filter(v => ["serious", "critical"].includes(v.impact)).map(v =>
                `${v.id} (${v.impact}): ${v.help}: ` + v.nodes.slice(0, 3).map(n =>
                n.html.slice(0, 200) + " " + (n.any[0]?.message ?? "")).join(" | ")))""")
            need(not found, "dark:" if dark else "light:", *(f"\n{line}" for line in found))
            page.quiet()


@check
def tables(browser, path):
    """Each picture is named, and has a table of what it draws."""
    with Page(browser, path) as page:
        page.run(TABLES)
        bare = page.run("""[...document.querySelectorAll("figure")].filter(f =>
            f.querySelector("svg") && !f.querySelector("table td")).map(f =>
            f.querySelector("figcaption").textContent.slice(0, 80))""")
        need(not bare, "without a table:", bare)
        need(page.run('document.querySelectorAll("figure svg").length') > 0, "no picture")
        unnamed = page.run("""[...document.querySelectorAll("figure svg")].filter(s =>
            !(s.getAttribute("aria-label") || s.getAttribute("aria-labelledby") ||
              s.querySelector("title") || s.closest("[aria-hidden=true]"))).length""")
        need(unnamed == 0, "pictures without a name:", unnamed)
        page.quiet()


@check
def opens(browser, path):
    """The file is small, and opens soon."""
    size = os.path.getsize(path)
    need(size < BYTES_LIMIT, "the page has", size, "bytes")
    with Page(browser, path) as page:
        page.quiet()
        need(page.drawn_s < OPEN_LIMIT_S, "opened in", page.drawn_s, "s")
        return f"{size} bytes, loaded in {page.loaded_s:.2f} s, drawn in {page.drawn_s:.2f} s\n"


def answer(browser, request):
    """The exit code, and what is said."""
    try:
        return 0, CHECKS[request[0]](browser, *request[1:]) or ""
    except Failure as failure:
        return 1, f"{os.path.basename(request[1])}: {request[0]}: {failure}\n"


def serve(path):
    parent = os.getppid()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # and clean up
    with tempfile.TemporaryDirectory(prefix="ringside-browser.", ignore_cleanup_errors=True) \
            as folder, socket.socket(socket.AF_UNIX) as listener:
        browser = Chromium(folder)
        try:
            listener.bind(path)
            listener.listen()
            listener.settimeout(1)
            # Whoever is killed leaves no browser behind.
            while os.getppid() == parent:
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection, connection.makefile("rw", encoding="utf-8") as stream:
                    request = json.loads(stream.readline())
                    if request == ["quit"]:
                        return
                    stream.write(json.dumps(answer(browser, request)) + "\n")
        finally:
            browser.close()


def ask(path, *request):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        with connection.makefile("rw", encoding="utf-8") as stream:
            stream.write(json.dumps(request) + "\n")
            stream.flush()
            code, told = (0, "") if request == ("quit",) else json.loads(stream.readline())
    sys.stdout.write(told)
    return code


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(*sys.argv[2:])
    else:
        sys.exit(ask(*sys.argv[2:]))
