"""A whole show file for tests."""

GOOD = """\
format = 1
name = "Friday drop"
[obs]
url = "ws://127.0.0.1:4455"
safe_scene = "Safe"
[[cameras]]
name = "Wide"   # by the window
mrl = "srt://192.0.2.10:9001"
scene = "Wide"
[[cameras]]
name = "Close"
scene = "Close"
[audio]
sample_rate_hz = 48000
talkback = "Host"
[[audio.channels]]
name = "Host"
inputs = [1]
[[audio.channels]]
name = "Guest 1"
inputs = [2]
[[audio.returns]]
name = "Guest 1"
listener = ["Guest 1"]
outputs = [3, 4]
gains_db = { Host = 0 }
[shop]
kind = "embedded"
[[drops]]
id = "cap-01"
title = "Linen cap"
price = "19.00 EUR"
stock = 50
overlay = { scene = "Wide" }
[[cues]]
name = "Unbox the cap"
scene = "Table"
drop = "cap-01"
"""
