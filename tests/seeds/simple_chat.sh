#!/usr/bin/env bash
# The curl lines of simple-http-chat.txt, with the ids that the server answered in place of <USER_ID_1> and the others.
set -euo pipefail
curl() { command curl --silent --fail-with-body "${@//localhost:9000/localhost:$PORT}"; }

user_1=$(curl --header "Content-Type: application/json" \
  --request POST \
  --data '{"username": "user_1"}' \
  http://localhost:9000/users/add)

user_2=$(curl --header "Content-Type: application/json" \
  --request POST \
  --data '{"username": "user_2"}' \
  http://localhost:9000/users/add)

chat=$(curl --header "Content-Type: application/json" \
  --request POST \
  --data '{"name": "chat_1", "users": ["'"$user_1"'", "'"$user_2"'"]}' \
  http://localhost:9000/chats/add)

curl --header "Content-Type: application/json" \
  --request POST \
  --data '{"chat": "'"$chat"'", "author": "'"$user_1"'", "text": "hi"}' \
  http://localhost:9000/messages/add
echo

curl --header "Content-Type: application/json" \
  --request POST \
  --data '{"user": "'"$user_1"'"}' \
  http://localhost:9000/chats/get
echo

curl --header "Content-Type: application/json" \
  --request POST \
  --data '{"chat": "'"$chat"'"}' \
  http://localhost:9000/messages/get | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["text"])'
