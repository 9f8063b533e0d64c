"""Protocol Buffers beside JSON: the same values, read from and written to the messages of ``chatsrv.proto``."""

from typing import Any

from google.protobuf import json_format, struct_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from chatsrv.errors import Code, Problem
from chatsrv.schemas.proto import NAME, VALUE, file_descriptor

CONTENT_TYPE = "application/x-protobuf"


class Messages:
    """Reads and writes the messages of a proto3 file by their names."""

    def __init__(self, source: str) -> None:
        pool = DescriptorPool()
        pool.AddSerializedFile(struct_pb2.DESCRIPTOR.serialized_pb)
        pool.AddSerializedFile(file_descriptor(source).SerializeToString())
        described = pool.FindFileByName(NAME).message_types_by_name
        self._classes = {name: GetMessageClass(one) for name, one in described.items()}
        self._classes[VALUE] = GetMessageClass(pool.FindMessageTypeByName(VALUE))

    def message(self, name: str) -> type[Message]:
        """Return the class of a message, for whoever reads many."""
        return self._classes[name]

    def write(self, name: str, value: Any) -> bytes:
        """Return the JSON value as a message. Raises KeyError for a field that the message does not have."""
        message = self._classes[name]()
        _fill(message, value)
        return message.SerializeToString()

    def read(self, name: str, data: bytes) -> Any:
        """Return the message as a JSON value, without the fields that it does not have. Raises Problem NOT_PROTOBUF."""
        try:
            return _value(self._classes[name].FromString(data))
        except (DecodeError, json_format.Error, RecursionError):
            raise Problem(Code.NOT_PROTOBUF) from None


def _fill(message: Message, value: Any) -> None:
    if message.DESCRIPTOR.full_name == VALUE:
        json_format.ParseDict(value, message)
        return
    known = {field.json_name: field for field in message.DESCRIPTOR.fields}
    for name, one in ({"items": value} if isinstance(value, list) else value).items():
        if one is not None:
            _set(message, known[name], one)


def _set(message: Message, field: Any, value: Any) -> None:
    if field.message_type is None:
        if field.is_repeated:
            getattr(message, field.name).extend(value)
        else:
            setattr(message, field.name, value)
        return
    target = getattr(message, field.name)
    if _is_map(field):
        for key, one in value.items():
            _fill(target[key], one)
    elif field.is_repeated:
        for one in value:
            _fill(target.add(), one)
    else:
        target.SetInParent()
        _fill(target, value)


def _value(message: Message) -> Any:
    if message.DESCRIPTOR.full_name == VALUE:
        return _whole(json_format.MessageToDict(message))
    found = {field.json_name: _read(field, one) for field, one in message.ListFields()}
    return found.get("items", []) if _is_list(message.DESCRIPTOR) else found


def _whole(value: Any) -> Any:
    """A Value knows only floating point numbers; the API's numbers are whole."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: _whole(one) for name, one in value.items()}
        case list():
            return [_whole(one) for one in value]
    return value


def _read(field: Any, value: Any) -> Any:
    if field.message_type is None:
        return list(value) if field.is_repeated else value
    if _is_map(field):
        return {key: _value(one) for key, one in value.items()}
    return [_value(one) for one in value] if field.is_repeated else _value(value)


def _is_map(field: Any) -> bool:
    return bool(field.message_type.GetOptions().map_entry)


def _is_list(descriptor: Any) -> bool:
    return [field.name for field in descriptor.fields] == ["items"]
