"""Reads a page as Python's html.parser does, and prints what a program finds in it as JSON."""

import json
import sys
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "link", "img"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []
        self.wrong = []
        self.tags = {}
        self.links = []
        self.text = {}
        self.attributes = []

    def handle_starttag(self, tag, attributes):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.attributes += [name for name, _ in attributes]
        if tag == "a":
            self.links.append([dict(attributes).get("href"), ""])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data
        if "a" in self.open:
            self.links[-1][1] += data


page = Page()
page.feed(sys.stdin.read())
page.close()
print(json.dumps({"wrong": page.wrong + page.open, "tags": page.tags, "links": page.links, "text": page.text,
                  "attributes": sorted(set(page.attributes))}))
