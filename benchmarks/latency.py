"""How long an activity takes from the platform that stores it to the bytes on stdout."""

import http.client
import json
import subprocess
import tempfile
import threading
import time

from rensei_cli.embedded.platform import Config, running

COUNT, EVERY_SECONDS = 300, 0.02


def measure(program, environ):
    """The median and the 99th percentile, in milliseconds, at 50 activities a second."""
    with (
        tempfile.TemporaryDirectory() as home,
        running(Config(in_memory=True), environ={"RENSEI_HOME": home}) as platform,
    ):
        call = Caller(platform)
        session, worker = call.session()
        command = [program, "session", "watch", session, "--url", platform.url, "--json"]
        seen, live = {}, threading.Event()
        with subprocess.Popen(
            command,
            env=environ | {"RENSEI_HOME": home},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            reader = threading.Thread(target=read, args=(process.stdout, seen, live))
            reader.start()
            live.wait(10)
            sent = {}
            for number in range(COUNT):
                sent[f"n{number}"] = time.perf_counter()
                call.post(session, worker, f"n{number}")
                time.sleep(EVERY_SECONDS)
            time.sleep(0.5)
            process.terminate()
            reader.join()
    late = sorted((seen[name] - sent[name]) * 1000 for name in sent if name in seen)
    return late[len(late) // 2], late[int(len(late) * 0.99)]


def read(stdout, seen, live):
    """Note when each activity came out."""
    for line in stdout:
        now = time.perf_counter()
        record = json.loads(line)
        if record["record"] == "transport":
            live.set()
        if record["record"] == "activity":
            seen[record["activity"]["content"]] = now


class Caller:
    """A worker's hands, over one connection that stays open."""

    def __init__(self, platform):
        self.key = platform.worker_key
        self.http = http.client.HTTPConnection(platform.url.removeprefix("http://"))

    def post_json(self, path, body):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        self.http.request("POST", path, json.dumps(body), headers)
        return json.loads(self.http.getresponse().read())

    def session(self):
        session = self.post_json("/api/sessions", {"identifier": "ENG-1"})["sessionId"]
        worker = self.post_json("/api/workers/register", {"name": "bench"})["workerId"]
        self.post_json(f"/api/sessions/{session}/claim", {"workerId": worker})
        self.post(session, worker, "first")
        return session, worker

    def post(self, session, worker, content):
        activity = {"type": "thought", "content": content}
        self.post_json(
            f"/api/sessions/{session}/activity", {"workerId": worker, "activity": activity}
        )
