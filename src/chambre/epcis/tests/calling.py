"""Speaking to the repository over HTTP."""

from __future__ import annotations

import json


class Caller:
    """Somebody with a key."""

    def __init__(self, client, key):
        self.client, self.key = client, key

    def __call__(self, method, path, body=None, **headers):
        options = {}
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            options = {"data": content, "content_type": headers.pop("type", "application/json")}
        headers = {"Authorization": f"Bearer {self.key}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return getattr(self.client, method)(f"/epcis{path}", headers=headers, **options)
