"""The forum as its seed was built: Flask, SQLAlchemy, SQLite, one worker of gunicorn; 100,000 articles."""

import os
from datetime import UTC, datetime

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from gunicorn.app.base import BaseApplication

ARTICLES, PER_PAGE = 100_000, 10
PORT = 9705

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{os.environ['BENCH_FOLDER']}/forum.db"
db = SQLAlchemy(app)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(20), unique=True, nullable=False)


class Article(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(255), nullable=False)
    text = db.Column(db.Text, nullable=False)
    date_posted = db.Column(db.DateTime, nullable=False)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id"), nullable=False)
    author = db.relationship("User", lazy="joined")


def fill() -> None:
    db.create_all()
    db.session.add(User(id=1, username="username_example"))
    now = datetime.now(UTC)
    rows = [
        {"title": f"Title {n}", "text": f"Hello number {n} " * 10, "date_posted": now, "user_id": 1}
        for n in range(ARTICLES)
    ]
    db.session.execute(db.insert(Article), rows)
    db.session.commit()


@app.get("/articles")
def articles():
    page = request.args.get("page", 1, type=int)
    found = Article.query.order_by(Article.id.desc()).paginate(page=page, per_page=PER_PAGE, error_out=False)
    shown = [
        {
            "id": article.id,
            "date_posted": article.date_posted,
            "title": article.title,
            "user_id": article.user_id,
            "author.username": article.author.username,
        }
        for article in found.items
    ]
    return jsonify({"articles": shown, "next": found.has_next})


class Worker(BaseApplication):
    def load_config(self) -> None:
        # Threads keep connections alive, which one synchronous worker would not.
        options = {"bind": f"127.0.0.1:{PORT}", "workers": 1, "threads": 4, "keepalive": 60, "loglevel": "error"}
        for name, value in (options | {"when_ready": lambda _: print(f"listening on :{PORT}", flush=True)}).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return app


with app.app_context():
    fill()
Worker().run()
