#!/usr/bin/env python3
"""A node that follows its events by plexd's own rules of reconnection: over its cuts of each 30 seconds, a manager that
sheds load, and one that was killed, it hears of everything once."""
import threading

from manager_process import eventually, main
from plexd_node import Follower
from test_nodes import NodeTest


class Reconnects(NodeTest):
    flags = ("--loops", "1", "--admission.reads_per_second", "5")

    def tell(self, number):
        layer = {"metadata": {"number": str(number)}}
        answer = self.told.put("/operator/v1/state/layers/tenant?tenant=default", layer)
        self.assertEqual(answer.status, 200, answer)

    def heard(self, follower):
        return [event["payload"]["metadata"]["number"] for event in follower.events
                if event["event_type"] == "node_state_updated"]

    def heard_up_to(self, follower, number, timeout=20):
        wanted = [str(n) for n in range(1, number + 1)]
        eventually(lambda: follower.gave_up or self.heard(follower)[-1:] == wanted[-1:], timeout)
        self.assertEqual(self.heard(follower), wanted)

    def crowd(self):
        """Takes every read that the manager admits, until the event is set that this gives."""
        over, reader = threading.Event(), self.join("reader")

        def read():
            while not over.is_set():
                reader.get("state")

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(over.set)
        return over

    def test_nothing_is_lost_or_doubled(self):
        node = self.join()
        follower = Follower(node)
        follower.start()
        self.addCleanup(follower.stop)
        eventually(lambda: follower.statuses)
        self.tell(1)
        self.heard_up_to(follower, 1)
        over = self.crowd()
        eventually(lambda: follower.waits, 40)  # it was cut, came back at once and was sent away
        self.tell(2)
        over.set()
        self.heard_up_to(follower, 2)
        self.assertIn(429, follower.statuses)
        port = self.running.fleet_address[1]
        self.running.kill()
        self.running.start(fleet=f"127.0.0.1:{port}")
        self.told = self.operator(self.running)
        self.tell(3)
        self.heard_up_to(follower, 3, 30)
        follower.stop()
        self.assertIsNone(follower.gave_up)
        self.assertEqual({status for status in follower.statuses if status not in (200, None)} - {429, 503}, set())


if __name__ == "__main__":
    main()
