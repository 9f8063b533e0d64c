// The REST side: paths, the token, and one kind of error.

import { Refusal } from "./errors.js";
import { makeNonce } from "./outbox.js";
import { postFile } from "./upload.js";

const SESSION = "session";
const NEXT = /<([^>]*)>; rel="next"/;
const part = encodeURIComponent;

export class Api {
  #keep;
  #refreshing = null;
  onEnded = () => {};

  constructor(keep) {
    this.#keep = keep;
  }

  // the session

  get token() {
    return this.#keep.get(SESSION)?.token ?? null;
  }

  async register(values) {
    return this.#begin(await this.#ask("POST", "/user/register", values));
  }

  async logIn(values) {
    return this.#begin(await this.#ask("POST", "/user/login", values));
  }

  /** Delete the account; the session is over with it. */
  async endAccount(password) {
    await this.#retried("POST", "/user/delete", { password });
    this.#keep.remove(SESSION);
  }

  /** End the session here even when the server can't be told. */
  async logOut() {
    await this.#ask("POST", "/user/logout", {}).catch(() => {});
    this.#keep.remove(SESSION);
  }

  /** Get a new token, once for all who ask meanwhile. Ends the session when it is refused. */
  refresh() {
    this.#refreshing ??= this.#refreshNow().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  me = () => this.get("/user/me");
  editMe = (values) => this.post("/user/edit", values);

  // people

  person = (nickname) => this.get(`/user/${part(nickname)}/details`);
  invite = (nickname, chatId) => this.post(`/user/${part(nickname)}/invite/${chatId}`);
  writeTo = (nickname, text) => this.post(`/user/${part(nickname)}/message`, { text });

  // rooms

  createChat = (values) => this.post("/chats", values);
  chats = () => this.#allPages("/chats/page/");
  conversations = () => this.#allPages("/conversations/page/");
  chat = (id) => this.get(`/chats/${id}/details`);
  conversation = (id) => this.get(`/conversations/${id}`);
  members = (id) => this.get(`/chats/${id}/users`);
  changeChat = (id, change, values) => this.post(`/chats/${id}/${change}`, values);

  /** A page of history, newest first: {items, isLast}; the latest, or what stands before or after a message. */
  history(room, { before, after }) {
    const path = `/${room.kind}s/${room.id}/messages`;
    return this.page(before ? `${path}?before=${before}` : after ? `${path}?after=${after}` : path);
  }

  message = (id) => this.get(`/message/${id}/details`);

  // asking: what a page of its own needs stands beside it

  get = async (path) => (await this.#retried("GET", path)).data;
  post = async (path, body = {}) => (await this.#retried("POST", path, body, makeNonce())).data;

  put = async (path, body) => (await this.#retried("PUT", path, body)).data;
  remove = async (path) => (await this.#retried("DELETE", path)).data;

  /** Keep a file on the server; the answer's `id` is what attaches it. `watch` is what `postFile` takes. */
  upload = async (file, watch = {}) => {
    const send = () => postFile("/attachments", file, { token: this.token, ...watch });
    return (await this.#withToken(send)).data;
  };

  /** An attachment with addresses that an <img> can show. */
  attachment = (id) => this.get(`/attachments/${part(id)}/details`);

  /** The bytes of a path that answers with a file, as a Blob. */
  download = async (path) => {
    const ask = async () => {
      const response = await fetch(path, { headers: { Authorization: `Bearer ${this.token}` } }).catch(() => null);
      if (!response?.ok) throw new Refusal(await response?.json().catch(() => null), response?.status);
      return response.blob();
    };
    return this.#withToken(ask);
  };

  /** {items, isLast, next} of a path that answers page by page. */
  async page(path) {
    const { data, next } = await this.#retried("GET", path);
    return { items: data, isLast: next === null, next };
  }

  async #allPages(path) {
    const items = [];
    for (let number = 1; ; number += 1) {
      const page = await this.page(path + number);
      items.push(...page.items);
      if (page.isLast) return items;
    }
  }

  /** Ask, and once more with a new token when that is what was missing. */
  async #withToken(ask) {
    try {
      return await ask();
    } catch (error) {
      if (!error.isAboutToken || !this.token) throw error;
      await this.refresh();
      return ask();
    }
  }

  #retried(...request) {
    return this.#withToken(() => this.#ask(...request));
  }

  async #ask(method, path, body, nonce) {
    const headers = { Accept: "application/json" };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (body) headers["Content-Type"] = "application/json";
    if (nonce) headers["Idempotency-Key"] = nonce;
    const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) }).catch(() => null);
    const data = await response?.json().catch(() => null);
    if (!response?.ok) throw new Refusal(data, response?.status);
    return { data, next: NEXT.exec(response.headers.get("Link") ?? "")?.[1] ?? null };
  }

  #begin({ data: { token, refresh_token: refreshToken, ...me } }) {
    this.#keep.set(SESSION, { token, refreshToken });
    return me;
  }

  async #refreshNow() {
    const { refreshToken } = this.#keep.get(SESSION) ?? {};
    try {
      const { data } = await this.#ask("POST", "/user/refresh", { refresh_token: refreshToken });
      this.#keep.set(SESSION, { token: data.token, refreshToken: data.refresh_token ?? refreshToken });
    } catch (error) {
      if (error.reached) this.#end();
      throw error;
    }
  }

  #end() {
    this.#keep.remove(SESSION);
    this.onEnded();
  }
}
