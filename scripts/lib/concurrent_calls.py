"""concurrent_calls.py URL COUNT: as many calls of calculator.add at once, each of numbers of its own; with the key in WARREN_API_KEY.

Prints what became of them; fails unless each got its own sum.
"""

import asyncio
import json
import os
import resource
import sys
import time
from collections import Counter
from urllib.parse import urlsplit

KEY = os.environ.get("WARREN_API_KEY")
LIMIT_SECONDS = 300
OWN = "their own sum"


async def call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, number: int) -> str:
    body = json.dumps({"a": number, "b": 7 * number})
    head = [
        "POST /v1/calls/calculator.add HTTP/1.1",
        f"Host: {host}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Prefer: wait=60",
        "Connection: close",
    ] + ([f"Authorization: Bearer {KEY}"] if KEY else [])
    writer.write(("\r\n".join(head) + "\r\n\r\n" + body).encode())
    answer = (await reader.read()).decode()
    writer.close()
    head, _, result = answer.partition("\r\n\r\n")
    status = head.split(" ", 2)[1] if head else "no answer"
    if status != "200":
        return f"{status} {result[:200]}"
    value = json.loads(result)["value"]
    return OWN if value == 8 * number else f"another's sum: {value} for {number} + {7 * number}"


async def answered(connection, address, number: int) -> str:
    end = await call(*connection, address.netloc, number)
    while end[:3] in ("202", "503", "504"):  # the disk is too slow for all of them at once: a client asks again
        await asyncio.sleep(1)
        end = await call(*await asyncio.open_connection(address.hostname, address.port), address.netloc, number)
    return end


async def main() -> bool:
    address, count = urlsplit(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    connections = [await asyncio.open_connection(address.hostname, address.port) for _ in range(count)]
    began = time.monotonic()
    calls = [answered(connection, address, number) for number, connection in enumerate(connections)]
    ends = Counter(await asyncio.wait_for(asyncio.gather(*calls), LIMIT_SECONDS))
    for end, times in ends.most_common(5):
        print(f"{times} of {count} calls got {end}")
    print(f"in {time.monotonic() - began:.1f} s")
    return ends[OWN] == count


sys.exit(0 if asyncio.run(main()) else 1)
