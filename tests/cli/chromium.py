# SPDX-License-Identifier: MIT
"""Debian's chromium without a window, driven through a pipe by the DevTools protocol.

A Chromium is one process with a profile of its own, which ends with the pipe, so with whoever
holds it. A Page keeps what a page asked for and complained of since it was opened.
Protocol: https://chromedevtools.github.io/devtools-protocol/
"""
import base64
import json
import os
import select
import shutil
import signal
import subprocess
import time

ANSWER_S = 30  # generous: the machine may be busy
FLAGS = [
    "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
    "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
    "--force-device-scale-factor=1", "--force-color-profile=srgb", "--font-render-hinting=none",
    # No name is resolved, and nothing goes to an address either: there is a proxy, and it is not.
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
]


class Failure(Exception):
    """What does not hold, in words."""


class Chromium:
    def __init__(self, folder):
        """`folder`: for the profile and the downloads; whoever made it removes it."""
        self.downloads = os.path.join(folder, "downloads")
        os.makedirs(self.downloads, exist_ok=True)
        program = shutil.which("chromium")
        if not program:
            raise Failure("chromium is not installed")
        flags = FLAGS + [f"--user-data-dir={os.path.join(folder, 'profile')}"]
        if os.getuid() == 0:
            flags.append("--no-sandbox")  # it refuses to run as root otherwise
        asks, self.into = os.pipe()
        self.out_of, answers = os.pipe()
        # The browser reads from descriptor 3 and writes to 4, whatever ours are.
        ends = [os.dup(end) for end in (asks, answers)]
        high = [fd_at_least(end, 10) for end in ends]

        def arrange():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.log = open(os.path.join(folder, "chromium.log"), "wb")
        environment = dict(os.environ, HOME=folder, XDG_CONFIG_HOME=folder,
                           XDG_CACHE_HOME=folder)
        self.process = subprocess.Popen(
            [program, *flags, "about:blank"], stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, close_fds=False, preexec_fn=arrange, start_new_session=True,
            env=environment)
        for end in (asks, answers, *ends, *high):
            os.close(end)
        self.rest, self.events, self.last = b"", [], 0
        self.call("Browser.setDownloadBehavior",
                  {"behavior": "allow", "downloadPath": self.downloads, "eventsEnabled": True})

    def close(self):
        for end in (self.into, self.out_of):
            os.close(end)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        try:  # its helpers, too, whatever came of it
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.log.close()

    def receive(self, end):
        """The next message; Failure when there is none until `end`."""
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.out_of], [], [], max(0, end - time.monotonic()))
            chunk = os.read(self.out_of, 1 << 20) if ready else b""
            if not chunk:
                raise Failure("chromium " + ("does not answer" if not ready else "has ended")
                              + self.tail())
            self.rest += chunk
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def tail(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return "\n" + log.read()[-2000:]

    def call(self, method, parameters=None, session=None):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters or {}}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.into, data):]
        end = time.monotonic() + ANSWER_S
        while True:
            answer = self.receive(end)
            if answer.get("id") == message["id"]:
                if "error" in answer:
                    raise Failure(f"{method}: {answer['error'].get('message')}")
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def wait_for(self, method, session=None, accept=lambda parameters: True):
        """The first event of this kind that is accepted; it and what was before stay in events."""
        end, at = time.monotonic() + ANSWER_S, 0
        while True:
            for event in self.events[at:]:
                at += 1
                if event["method"] == method and event.get("sessionId") == session and \
                        accept(event["params"]):
                    return event["params"]
            answer = self.receive(end)
            if "method" in answer:
                self.events.append(answer)


def fd_at_least(descriptor, least):
    import fcntl
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD, least)


class Page:
    def __init__(self, browser, path, width=1200, height=900, media=None, dark=False,
                 is_plain=False):
        """Opens the file at `path`, waits until it is loaded and, unless it is plain, drawn."""
        self.browser, self.url = browser, "file://" + os.path.abspath(path)
        self.target = browser.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = browser.call("Target.attachToTarget",
                                    {"targetId": self.target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Audits"):
            self.call(f"{domain}.enable")
        self.call("Network.emulateNetworkConditions",
                  {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0})
        self.call("Page.bringToFront")  # what is behind another page is not drawn
        self.call("Emulation.setFocusEmulationEnabled", {"enabled": True})
        self.resize(width, height)
        self.emulate(media, dark)
        begin = time.monotonic()
        self.call("Page.navigate", {"url": self.url})
        browser.wait_for("Page.loadEventFired", self.session)
        self.loaded_s = time.monotonic() - begin
        if not is_plain:
            self.until("document.documentElement.dataset.drawn !== undefined", "drawn")
        self.drawn_s = time.monotonic() - begin

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.browser.call("Target.closeTarget", {"targetId": self.target})
        self.browser.events = [event for event in self.browser.events
                               if event.get("sessionId") != self.session]

    def call(self, method, parameters=None):
        return self.browser.call(method, parameters, self.session)

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride",
                  {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def emulate(self, media=None, dark=False):
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", {"media": media or "", "features": [scheme]})

    def run(self, script):
        """The value of a script, a promise's too."""
        answer = self.call("Runtime.evaluate", {"expression": script, "returnByValue": True,
                                                "awaitPromise": True, "userGesture": True})
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise Failure("script: " + details.get("exception", {}).get("description",
                                                                        details["text"]))
        return answer["result"].get("value")

    def until(self, condition, what):
        end = time.monotonic() + ANSWER_S
        while not self.run(condition):
            if time.monotonic() > end:
                raise Failure(f"never {what}: {condition}" + "".join(
                    "\n" + text for text in self.complaints()))
            time.sleep(0.02)

    def events(self, method):
        self.run("0")  # what happened until now was told before the answer
        return [event["params"] for event in self.browser.events
                if event["method"] == method and event.get("sessionId") == self.session]

    def complaints(self):
        """Everything on the console: messages, exceptions, violations, issues."""
        found = [f"console.{event['type']}: "
                 + " ".join(str(part.get("value", part.get("description", "")))
                            for part in event["args"])
                 for event in self.events("Runtime.consoleAPICalled")]
        found += ["exception: " + event["exceptionDetails"].get("exception", {}).get(
                      "description", event["exceptionDetails"]["text"])
                  for event in self.events("Runtime.exceptionThrown")]
        found += [f"{event['entry']['source']}: {event['entry']['text']}"
                  for event in self.events("Log.entryAdded")]
        found += [f"issue {event['issue']['code']}: {json.dumps(event['issue']['details'])[:300]}"
                  for event in self.events("Audits.issueAdded")]
        return found

    def requests(self):
        """Whatever was asked for but the file itself and what it has in itself."""
        return [event["request"]["url"] for event in self.events("Network.requestWillBeSent")
                if event["request"]["url"].split("#")[0] != self.url
                and not event["request"]["url"].startswith(("data:", "blob:"))]

    def quiet(self):
        """Failure, if there is anything on the console, or anything was asked for."""
        found = self.complaints() + [f"request: {url}" for url in self.requests()]
        if found:
            raise Failure("the page complains:" + "".join(f"\n{text}" for text in found))

    def settle(self):
        """Until what was changed is drawn: two frames."""
        self.run("""new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
            () => done(0))))""")

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **more})

    def drag(self, start, end):
        held = {"button": "left", "buttons": 1, "clickCount": 1}
        self.mouse("mouseMoved", *start)
        self.mouse("mousePressed", *start, **held)
        for step in range(1, 6):
            self.mouse("mouseMoved", *(a + (b - a) * step / 5 for a, b in zip(start, end)),
                       button="left", buttons=1)
        self.mouse("mouseReleased", *end, button="left", clickCount=1)

    def double(self, at):
        self.mouse("mouseMoved", *at)
        for count in (1, 2):
            self.mouse("mousePressed", *at, button="left", buttons=1, clickCount=count)
            self.mouse("mouseReleased", *at, button="left", clickCount=count)

    def press(self, key, code=None, modifiers=0):
        text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
        number = {"Enter": 13, "Tab": 9, "Escape": 27, " ": 32}.get(key, 0)
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", {
                "type": kind, "key": key, "code": code or key, "modifiers": modifiers,
                "windowsVirtualKeyCode": number, **(text if kind == "keyDown" else {})})

    def box(self, script):
        """Where an element is in the window, after it was scrolled to: x, y, width, height."""
        return self.run(f"""(() => {{
            const element = {script};
            if (!element) return null;
            element.scrollIntoView({{block: "center", behavior: "instant"}});
            const box = element.getBoundingClientRect();
            return [box.x, box.y, box.width, box.height];
        }})()""")

    def click(self, script):
        """A click of the mouse into the middle of an element."""
        box = self.box(script)
        if not box or box[2] <= 0 or box[3] <= 0:
            raise Failure(f"not on the page, or without size: {script}")
        at = (box[0] + box[2] / 2, box[1] + box[3] / 2)
        self.mouse("mouseMoved", *at)
        self.mouse("mousePressed", *at, button="left", buttons=1, clickCount=1)
        self.mouse("mouseReleased", *at, button="left", clickCount=1)

    def download(self, script):
        """Clicks, and returns the path of what was saved by that."""
        known = {event["params"]["guid"] for event in self.browser.events
                 if event["method"] == "Browser.downloadWillBegin"}
        self.click(script)
        begun = self.browser.wait_for("Browser.downloadWillBegin",
                                      accept=lambda event: event["guid"] not in known)
        self.browser.wait_for(
            "Browser.downloadProgress", accept=lambda event: event["guid"] == begun["guid"]
            and event["state"] == "completed")
        return os.path.join(self.browser.downloads, begun["suggestedFilename"])

    # What is saved is kept here in place of a download, which takes the browser a second.
    KEEP = """(() => {
        const blobs = new Map(), make = URL.createObjectURL;
        window.kept = [];
        URL.createObjectURL = blob => {
            const url = make.call(URL, blob);
            blobs.set(url, blob);
            return url;
        };
        HTMLAnchorElement.prototype.click = function () {
            kept.push({name: this.download, blob: blobs.get(this.href)});
        };
    })()"""

    def saved(self, script):
        """Clicks, and returns the path of what would have been saved by that."""
        if not self.run("window.kept !== undefined"):
            self.run(self.KEEP)
        count = self.run("kept.length")
        self.click(script)
        self.until(f"kept.length > {count}", "saved")
        name, url = self.run("""(async () => {
            const last = kept.at(-1), reader = new FileReader();
            await new Promise(done => { reader.onload = done; reader.readAsDataURL(last.blob); });
            return [last.name, reader.result];
        })()""")
        path = os.path.join(self.browser.downloads, name)
        with open(path, "wb") as file:
            file.write(base64.b64decode(url.split(",", 1)[1]))
        return path

    def screenshot(self, whole=False):
        """As PNG: what is seen, or the whole page."""
        parameters = {"format": "png"}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            parameters |= {"captureBeyondViewport": True, "clip": {
                "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}
        return base64.b64decode(self.call("Page.captureScreenshot", parameters)["data"])
