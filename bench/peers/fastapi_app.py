"""What one would write first: FastAPI, async SQLAlchemy, SQLite (WAL, FULL), one uvicorn worker."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

import jwt
import uvicorn
from fastapi import Depends, FastAPI, Header
from pydantic import BaseModel, Field
from sqlalchemy import event, insert, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SECRET = b"x" * 32
engine = create_async_engine(f"sqlite+aiosqlite:///{os.environ['BENCH_FOLDER']}/fastapi.db")
sessions = async_sessionmaker(engine, expire_on_commit=False)


@event.listens_for(engine.sync_engine, "connect")
def durable(connection, _):
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    chat: Mapped[int] = mapped_column(index=True)
    author: Mapped[int]
    created: Mapped[int]
    text: Mapped[str]
    parent_id: Mapped[int] = mapped_column(default=0)
    edited: Mapped[bool] = mapped_column(default=False)
    votes: Mapped[int] = mapped_column(default=0)


class New(BaseModel):
    text: str = Field(min_length=1, max_length=4000)
    parent_id: int = 0


class Message(BaseModel):
    """The fields that chatsrv has, so that both write as much."""

    id: int
    chat_id: int
    author: str
    author_id: int
    created: datetime
    text: str
    parent_id: int
    edited: bool
    deleted: bool = False
    attachments: list[str] = []
    votes: int
    voted: bool = False
    seq: int
    rev: int


def show(row: Row) -> Message:
    return Message(
        id=row.id,
        chat_id=row.chat,
        author="lyova",
        author_id=row.author,
        created=datetime.fromtimestamp(row.created / 1000, UTC),
        text=row.text,
        parent_id=row.parent_id,
        edited=row.edited,
        votes=row.votes,
        seq=row.id,
        rev=row.id,
    )


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        rows = [{"chat": 1, "author": 1, "created": 1, "text": f"Hello number {number}"} for number in range(100_000)]
        await connection.execute(insert(Row), rows)
    yield


app = FastAPI(lifespan=lifespan)


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as one:
        yield one


def asker(authorization: Annotated[str, Header()]) -> int:
    return int(jwt.decode(authorization.partition(" ")[2], SECRET, algorithms=["HS256"])["sub"])


Session = Annotated[AsyncSession, Depends(session)]
Asker = Annotated[int, Depends(asker)]


@app.post("/chats/{chat}/messages")
async def send(chat: int, new: New, who: Asker, db: Session) -> Message:
    row = Row(chat=1, author=who, created=time.time_ns() // 1_000_000, text=new.text, parent_id=new.parent_id)
    db.add(row)
    await db.commit()
    return show(row)


@app.get("/chats/{chat}/messages/page/{page}")
async def read(chat: int, page: int, who: Asker, db: Session) -> list[Message]:
    rows = await db.scalars(select(Row).where(Row.chat == 1).order_by(Row.id.desc()).limit(25).offset(25 * (page - 1)))
    return [show(row) for row in rows]


class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print("listening on 127.0.0.1:9704", flush=True)


Server(uvicorn.Config(app, host="127.0.0.1", port=9704, log_level="error", loop="uvloop")).run()
