"""listen.py URL COUNT: reads so many streams of server-sent events, until it is killed."""

import selectors
import socket
import sys
from urllib.parse import urlsplit

url = urlsplit(sys.argv[1])
ready = selectors.DefaultSelector()
for _ in range(int(sys.argv[2])):
    stream = socket.create_connection((url.hostname, url.port))
    stream.sendall(f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
    ready.register(stream, selectors.EVENT_READ)
while True:
    for key, _ in ready.select():
        if not key.fileobj.recv(1 << 20):
            sys.exit("a stream has ended")
