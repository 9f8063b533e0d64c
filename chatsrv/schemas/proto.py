"""Protocol Buffers: every shape as a message of one proto3 file, ``chatsrv.proto``, and that file as descriptors.

The file is written by ``chatsrv proto`` out of the schemas and kept under version control, because clients compile it
and a field's number must never change: each keeps the one that it has there, a field that is gone leaves it reserved.
A JSON list is a message whose only field is ``items``; what has no schema is a ``google.protobuf.Value``.
"""

import re
from collections.abc import Iterable
from importlib.resources import files

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from marshmallow import Schema, fields

from chatsrv.schemas.base import Flag, Number, Shape, Text, Time

NAME = "chatsrv.proto"
PACKAGE = "chatsrv"
VALUE = "google.protobuf.Value"
FAULTS = "Faults"
"""The message of every error answer."""

_HEAD = """// Every body and answer of chatsrv in Protocol Buffers. Written by `chatsrv proto`; numbers never change.
// A list of X is a message XList; an error is Faults; what has no message of its own is a google.protobuf.Value.
syntax = "proto3";

package chatsrv;

import "google/protobuf/struct.proto";
"""
_FAULTS = {
    "Aeo": [("c", "int64", ""), ("t", "string", ""), ("d", VALUE, "")],
    "AeoList": [("items", "Aeo", "repeated")],
    FAULTS: [
        ("global", "Aeo", "repeated"),
        ("fields", "map<string, AeoList>", ""),
        ("error", "string", ""),
        ("error_description", "string", ""),
    ],
}
_SCALARS = {"string": FieldDescriptorProto.TYPE_STRING, "int64": FieldDescriptorProto.TYPE_INT64}
_SCALARS |= {"bool": FieldDescriptorProto.TYPE_BOOL}
_MESSAGE = re.compile(r"^message (\w+) \{\n(.*?)^\}$", re.M | re.S)
_FIELD = re.compile(
    r'^  (?:(optional|repeated) )?([\w.]+|map<string, \w+>) (\w+) = (\d+)(?: \[json_name = "([^"]+)"\])?;$', re.M
)
_RESERVED = re.compile(r"^  reserved ([\d, ]+);$", re.M)

Described = tuple[str, str, str]
"""A field: its name in JSON, its type, and "repeated" or nothing."""


def name_of(shape: type[Schema]) -> str:
    """Return the name of a shape's message."""
    return shape.__name__.removesuffix("Shape").lstrip("_")


def list_of(shape: type[Schema]) -> str:
    """Return the name of the message of a list of such things."""
    return f"{name_of(shape)}List"


def source() -> str:
    """Return the file."""
    return (files("chatsrv.schemas") / NAME).read_text()


def write(bodies: Iterable[type[Shape]], answers: Iterable[type[Shape]], former: str) -> str:
    """Return the file of these shapes and what they are made of; numbers stay what they are in the former file."""
    messages: dict[str, list[Described]] = dict(_FAULTS)
    for shape in bodies:
        _describe(shape, messages)
    for shape in answers:
        _describe(shape, messages)
        messages[list_of(shape)] = [("items", name_of(shape), "repeated")]
    known = dict(_MESSAGE.findall(former))
    return _HEAD + "".join(f"\n{_message(name, messages[name], known.get(name, ''))}" for name in sorted(messages))


def _describe(shape: type[Schema], messages: dict[str, list[Described]]) -> None:
    name = name_of(shape)
    if name in messages:
        return
    described = messages[name] = []
    for attribute, field in shape().fields.items():
        kind, label = _kind(field, messages)
        described.append((field.data_key or attribute, kind, label))


def _kind(field: fields.Field[object], messages: dict[str, list[Described]]) -> tuple[str, str]:
    match field:
        case fields.Nested():
            _describe(type(field.schema), messages)
            return name_of(type(field.schema)), ""
        case fields.List():
            kind, label = _kind(field.inner, messages)
            return (VALUE, "") if label or kind == VALUE else (kind, "repeated")
        case Text() | Time():
            return "string", ""
        case Number():
            return "int64", ""
        case Flag():
            return "bool", ""
    return VALUE, ""


def _message(name: str, described: list[Described], former: str) -> str:
    numbers = {json or plain: int(number) for _, _, plain, number, json in _FIELD.findall(former)}
    reserved = {int(number) for found in _RESERVED.findall(former) for number in found.split(",")}
    reserved |= {number for json, number in numbers.items() if json not in {one[0] for one in described}}
    last = max([0, *numbers.values(), *reserved])
    lines = [f"  reserved {', '.join(map(str, sorted(reserved)))};"] if reserved else []
    for json, kind, label in described:
        last = last if json in numbers else last + 1
        lines.append(_line(json, kind, label, numbers.get(json, last)))
    return "\n".join([f"message {name} {{", *lines, "}\n"])


def _line(json: str, kind: str, label: str, number: int) -> str:
    plain = re.sub(r"\W", "_", json)
    # Whether a field is there matters: what is absent from an edit stays.
    label = label or ("" if kind.startswith("map<") else "optional")
    return f'  {label} {kind} {plain} = {number} [json_name = "{json}"];'.replace("   ", "  ")


def file_descriptor(text: str) -> FileDescriptorProto:
    """Return what the file says, as protoc would."""
    file = FileDescriptorProto(name=NAME, package=PACKAGE, syntax="proto3")
    file.dependency.append("google/protobuf/struct.proto")
    for name, body in _MESSAGE.findall(text):
        message = file.message_type.add(name=name)
        for found in _FIELD.findall(body):
            _add_field(message, *found)
        for number in [int(one) for listed in _RESERVED.findall(body) for one in listed.split(",")]:
            message.reserved_range.add(start=number, end=number + 1)
    return file


def _add_field(message: DescriptorProto, label: str, kind: str, name: str, number: str, json: str) -> None:
    field = message.field.add(name=name, number=int(number), json_name=json)
    repeated = label == "repeated" or kind.startswith("map<")
    field.label = FieldDescriptorProto.LABEL_REPEATED if repeated else FieldDescriptorProto.LABEL_OPTIONAL
    if kind.startswith("map<"):
        kind = _add_map(message, name, kind.removeprefix("map<string, ").removesuffix(">"))
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type = FieldDescriptorProto.TYPE_MESSAGE
        field.type_name = f".{kind}" if "." in kind else f".{PACKAGE}.{kind}"
    if label == "optional":
        field.proto3_optional = True
        field.oneof_index = len(message.oneof_decl)
        message.oneof_decl.add(name=f"_{name}")


def _add_map(message: DescriptorProto, name: str, kind: str) -> str:
    """Add the message of a map's entries, as protoc does, and return its name."""
    entry = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
    entry.options.map_entry = True
    _add_field(entry, "", "string", "key", "1", "key")
    _add_field(entry, "", kind, "value", "2", "value")
    return f"{PACKAGE}.{message.name}.{entry.name}"
