"""The access room (S3): free access to what somebody owns, under rules that the owner stated and accepted.

A thing is booked without ever being promised twice, handed out and brought back in a chain of custody;
what it was used for and what it cost is read on its page, also when its owner has left.
"""
