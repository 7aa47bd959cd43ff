"""burst.py URL BODY: posts it from many threads until it is refused or no answer comes; with the key in WARREN_API_KEY.

Prints "burst ID MILLISECONDS-SINCE-1970" of each 202.
"""

import http.client
import json
import os
import sys
import threading
import time
from urllib.parse import urlsplit

THREADS = 16
LIMIT_SECONDS = 20
KEY = os.environ.get("WARREN_API_KEY")
HEADERS = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {KEY}"} if KEY else {})


def post_until_refused(address: str, body: str, deadline: float, lock: threading.Lock) -> None:
    connection = http.client.HTTPConnection(address, timeout=8)
    while time.time() < deadline:
        try:
            connection.request("POST", "/v1/tasks", body, HEADERS)
            answer = connection.getresponse()
            task = json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException):
            return
        if answer.status != 202:
            return
        with lock:
            print("burst", task["id"], int(time.time() * 1000), flush=True)


def main() -> None:
    address = urlsplit(sys.argv[1]).netloc
    lock = threading.Lock()
    deadline = time.time() + LIMIT_SECONDS
    threads = [
        threading.Thread(target=post_until_refused, args=(address, sys.argv[2], deadline, lock))
        for _ in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


main()
