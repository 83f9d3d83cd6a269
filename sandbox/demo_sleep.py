"""The part of `make demo` in which an endpoint sleeps and wakes: cold and held requests, a crowd, idleness, a pause."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from rich.console import Console

from dataplane.wake.wake_record import PHASES
from sandbox.demo_record import Record
from sandbox.demo_serving import ENDPOINT, GROUP, HOST, MEMBER, QUESTION, DemoError
from sandbox.live.client import LiveSandbox
from sandbox.live.traffic import CHAT

TABLE = "homeport-demo"
HOLD_SECONDS = 800
"""Of the cloud: as long as the gate may hold a request, nearly."""
CROWD = 1000
SECONDS_MAX, LOOK_SECONDS = 300.0, 0.3
HEADERS = {"authorization": f"Bearer {MEMBER}", "content-type": "application/json"}
BODY = json.dumps({"model": ENDPOINT, "messages": QUESTION, "max_tokens": 4})
Answer = tuple[str, dict[str, str], bytes]
"""Status or the kind of error, headers with names in small letters, body."""


class Sleeping:
    """Steps on an endpoint with `replicas.min: 0`, in order; each says what it saw."""

    def __init__(
        self, live: LiveSandbox, dynamodb: Any, console: Console, record: Record
    ) -> None:  # fmt: skip
        self._live, self._dynamodb, self._console, self._record = live, dynamodb, console, record

    def state(self) -> str:
        """As the reconciler last wrote it; empty before."""
        return self._item("state").get("state", {}).get("S", "")

    def cold(self) -> None:
        """A request to the sleeping endpoint: refused at once, with a time to come back."""
        self.wait_for("ASLEEP")
        status, headers, body = self._ask(self._live.door("public", HOST))
        after = headers.get("retry-after", "")
        self._say(f"{status}, Retry-After: {after} s, {_message(body)}")
        if status != "503" or not after:
            raise DemoError(f"a cold request got {status}: {body.decode(errors='replace')[:200]}")

    def held(self) -> None:
        """A request that waits for the wake, is redirected, and sent again by its client."""
        door, began = self._live.door("public", HOST), time.monotonic()
        self._say(f"held: X-Scale-Up-Timeout: {HOLD_SECONDS}")
        status, headers, body = self._ask(door, {"x-scale-up-timeout": str(HOLD_SECONDS)})
        waited = (time.monotonic() - began) * self._record.time_scale
        if status != "307":
            raise DemoError(f"a held request got {status}: {body.decode(errors='replace')[:200]}")
        where = headers["location"]
        self._say(f"307 after {waited:.0f} s of the cloud, Location: {where}")
        status, _, body = self._ask(door, path=where)
        if status != "200":
            raise DemoError(f"behind the redirect: {status} {body.decode(errors='replace')[:200]}")
        text = json.loads(body)["choices"][0]["message"]["content"]
        self._say(f"200 {text}")

    def phases(self) -> None:
        """Of the newest wake: what took how long."""
        answer = self._dynamodb.query(
            TableName=TABLE, KeyConditionExpression="pk = :pk", ScanIndexForward=False, Limit=1,
            ExpressionAttributeValues={":pk": {"S": f"{ENDPOINT}#wake-record"}}, ConsistentRead=True,
        )  # fmt: skip
        if not answer["Items"]:
            raise DemoError("the wake left no record")
        (item,) = answer["Items"]
        asked = float(item["asked"]["N"])
        ends = {name: float(value["N"]) for name, value in item["phases"]["M"].items()}
        for name in PHASES:
            if name in ends:
                over = (ends[name] - asked) * self._record.time_scale
                self._say(f"{name.replace('_', ' '):<12} over {over:5.0f} s after it was asked for")

    def crowd(self) -> None:
        """A thousand requests at once to the sleeping endpoint: one wake."""
        self.wait_for("ASLEEP")
        wakes, before = self._wakes(), {one["id"] for one in self._live.machines(GROUP)}
        door, counts = self._live.door("public", HOST), Counter[str]()
        start = threading.Barrier(CROWD)

        def one() -> None:
            start.wait()
            counts[self._ask(door)[0]] += 1

        threads = [threading.Thread(target=one) for _ in range(CROWD)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kinds = ", ".join(f"{count} x {kind}" for kind, count in counts.most_common())
        self._say(f"{CROWD} at once: {kinds}")
        self.wait_for("AWAKE")
        started = {one["id"] for one in self._live.machines(GROUP)} - before
        self._say(f"{self._wakes() - wakes} wake written, {len(started)} machine started")

    def pause(self, command: Callable[[str], None]) -> None:
        """Stopped by a person: no request wakes it. Then resumed."""
        command("pause")
        self.wait_for("PAUSED")
        status, headers, body = self._ask(self._live.door("public", HOST))
        self._say(f"{status}, Retry-After: {headers.get('retry-after', 'none')}, {_message(body)}")
        if status != "503" or "retry-after" in headers or self.state() != "PAUSED":
            raise DemoError(
                f"a request to a paused endpoint got {status}, and it is {self.state()}"
            )
        command("resume")
        self.wait_for("AWAKE")

    def wait_for(self, state: str) -> None:
        """Shows each state on the way. Raises `DemoError` after minutes."""
        began, shown = time.monotonic(), ""
        while time.monotonic() - began < SECONDS_MAX:
            found = self.state()
            if found != shown:
                seconds = time.monotonic() - began
                self._console.print(f"  {seconds:5.1f} s  {ENDPOINT}: {found}", style="dim")
                shown = found
            if found == state:
                return
            time.sleep(LOOK_SECONDS)
        raise DemoError(f"{ENDPOINT} is {shown or 'without a state'}, never {state}")

    def _ask(
        self,
        door: Callable[[], http.client.HTTPConnection],
        headers: dict[str, str] | None = None,
        path: str = CHAT,
    ) -> Answer:
        connection, began = door(), time.monotonic()
        try:
            connection.request("POST", path, BODY, {**HEADERS, **(headers or {})})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            result = str(answer.status), found, answer.read()
        except (OSError, http.client.HTTPException) as error:
            result = type(error).__name__, dict[str, str](), b""
        finally:
            connection.close()
        self._record.answered(result[0], time.monotonic() - began)
        return result

    def _wakes(self) -> int:
        return int(self._item("wake").get("count", {}).get("N", 0))

    def _item(self, kind: str) -> dict[str, Any]:
        key = {"pk": {"S": f"{ENDPOINT}#{kind}"}, "sk": {"S": kind}}
        return self._dynamodb.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get(
            "Item", {}
        )

    def _say(self, text: str) -> None:
        self._console.print(f"  {text}", markup=False)


def _message(body: bytes) -> str:
    return json.loads(body)["error"]["message"]
