"""Records to and from the values that JSON has, by their fields' types.

A field of default None is left out where it is None, and may be missing; all others are there.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

R = TypeVar("R")


def record_to_json(record: Any) -> dict[str, Any]:
    """Return a record's fields by name, or by the key in their metadata; tuples become lists."""
    return {
        field.metadata.get("key", field.name): _to_json(getattr(record, field.name))
        for field in fields(record)
        if not (field.default is None and getattr(record, field.name) is None)
    }


def _to_json(value: Any) -> Any:
    if is_dataclass(value):
        return record_to_json(value)
    if isinstance(value, tuple | list):
        return [_to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _to_json(item) for key, item in value.items()}
    return value


def record_from_json(cls: type[R], values: Mapping[str, Any]) -> R:
    """Make a record of what `record_to_json` gave; KeyError where a field is missing."""
    given = {}
    for field in fields(cls):  # type: ignore[arg-type]
        key = field.metadata.get("key", field.name)
        if key in values or field.default is not None:
            given[field.name] = _from_json(_field_types(cast(Any, cls))[field.name], values[key])
    return cls(**given)


def _from_json(hint: Any, value: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if value is None:
        return None
    if origin in (Union, types.UnionType):
        return _from_json(arguments[0], value)
    if origin is tuple:
        return tuple(_from_json(arguments[0], item) for item in value)
    if origin is dict:
        return {key: _from_json(arguments[1], item) for key, item in value.items()}
    return record_from_json(cast(type, hint), value) if is_dataclass(hint) else value


@cache
def _field_types(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)
