"""Requests to every route of an application: what its documents may be like, and what nobody would send."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from hypothesis import strategies as st

HOSTILE: Sequence[Any] = (
    None,
    True,
    -1,
    0,
    2**31,
    2**53 + 1,
    2**63,
    10**400,
    1e308,
    "",
    "\x00",
    "\ud800",
    "../../etc/passwd",
    "%00",
    "' OR 1=1 --",
    "{{7*7}}",
    "é" * 300,
    [],
    [[[[]]]],
    {},
    {"a": {"a": {}}},
)
RAW = (b"", b"{", b"\xff\xfe", b"null", b"[" * 2000, b'{"a":NaN}', b"1" * 5000, b"\x00" * 64)
TYPES = ("application/json", "text/plain", "application/cbor", "multipart/form-data", "x", "")
_DEEP = 4


@dataclass(frozen=True)
class AnyRequest:
    """What is sent."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def requests_to(app: FastAPI, known: Mapping[str, Sequence[str]]) -> st.SearchStrategy[AnyRequest]:
    """Give requests to all routes of an application, by its own description of them.

    Args:
        app: the application.
        known: for names of parts of an address, values that mean something there.
    """
    described = app.openapi()
    named = described.get("components", {}).get("schemas", {})
    routes = [
        _to(method.upper(), path, found, named, known)
        for path, methods in described["paths"].items()
        for method, found in methods.items()
    ]
    return st.sampled_from(routes).flatmap(lambda each: each)  # spelling all of them out takes seconds


def like(schema: Mapping[str, Any], named: Mapping[str, Any], deep: int = 0) -> st.SearchStrategy[Any]:
    """Give values that a JSON schema describes, as far as this reads it, and now and then others."""
    return st.one_of(_like(schema, named, deep), _like(schema, named, deep), st.sampled_from(HOSTILE))


def _like(schema: Mapping[str, Any], named: Mapping[str, Any], deep: int) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _like(named[schema["$ref"].rpartition("/")[2]], named, deep)
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return st.one_of([_like(each, named, deep) for each in several])
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if schema.get("type") in {"object", "array"} and deep < _DEEP:
        return _several(schema, named, deep)
    return _single(schema)


def _several(schema: Mapping[str, Any], named: Mapping[str, Any], deep: int) -> st.SearchStrategy[Any]:
    if schema["type"] == "array":
        return st.lists(like(schema.get("items", {}), named, deep + 1), max_size=3)
    parts = {name: like(each, named, deep + 1) for name, each in schema.get("properties", {}).items()}
    needed = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: each for name, each in parts.items() if name in needed},
        optional={name: each for name, each in parts.items() if name not in needed},
    )


def _single(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    match schema.get("type"):
        case "integer" | "number":
            low, high = schema.get("minimum", -5), schema.get("maximum", 2**63)
            return st.sampled_from([low, high, low + 1, high + 1, low - 1])
        case "boolean":
            return st.booleans()
        case "string" if "pattern" in schema:
            return st.from_regex(re.compile(schema["pattern"], re.ASCII))
        case "string":
            return st.text(max_size=20)
    return st.sampled_from(HOSTILE)


def _to(
    method: str,
    path: str,
    described: Mapping[str, Any],
    named: Mapping[str, Any],
    known: Mapping[str, Sequence[str]],
) -> st.SearchStrategy[AnyRequest]:
    parts: dict[str, st.SearchStrategy[str]] = {}
    query: dict[str, st.SearchStrategy[str]] = {}
    for each in described.get("parameters", ()):
        name, values = each["name"], like(each["schema"], named).map(_as_text)
        meant = known.get(name)
        given = values if meant is None else st.one_of(st.sampled_from(meant), st.sampled_from(meant), values)
        {"path": parts, "query": query}.get(each["in"], {})[name] = given
    schema = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    raw = st.one_of(st.sampled_from(RAW), st.binary(max_size=200))
    body = raw if schema is None else st.one_of(like(schema, named).map(_as_json), raw)
    types = st.sampled_from(TYPES) if schema is None else st.sampled_from((TYPES[0], *TYPES))
    return st.builds(
        _request,
        st.just(method),
        st.just(path),
        st.fixed_dictionaries(parts),
        st.fixed_dictionaries({}, optional=query),
        body,
        types,
    )


def _request(
    method: str, path: str, parts: Mapping[str, str], query: Mapping[str, str], body: bytes, kind: str
) -> AnyRequest:
    for name, value in parts.items():
        path = path.replace("{" + name + "}", value)
    return AnyRequest(method, path, query, body, {"Content-Type": kind} if kind else {})


def _as_text(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return "".join(each for each in text if each.isprintable() and each not in "?#")[:400] or "0"


def _as_json(value: object) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")
