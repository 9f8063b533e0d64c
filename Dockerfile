FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements/run.txt
COPY pyproject.toml setup.cfg README.md ./
COPY chatsrv chatsrv
COPY handlers handlers
COPY ws ws
COPY storage storage
RUN /venv/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11-slim
RUN useradd --system --uid 9000 chatsrv && mkdir /data && chown chatsrv /data
COPY --from=build /venv /venv
USER chatsrv
WORKDIR /data
VOLUME /data
ENV CHATSRV_HOST=0.0.0.0 CHATSRV_DATA=/data CHATSRV_MODE=production
EXPOSE 9000
HEALTHCHECK CMD ["/venv/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:9000/health')"]
ENTRYPOINT ["/venv/bin/chatsrv"]
CMD ["serve"]
