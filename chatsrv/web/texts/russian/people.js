// Russian: people, the forum, searching.

import { plural } from "./plural.js";

export const people = {
  findPeople: "Найти людей",
  foundPeople: "Найденные люди",
  noContacts: "Пока никого. Найдите людей по имени или псевдониму выше, и они будут под рукой.",
  addContact: "Добавить в контакты",
  removeContact: "Убрать из контактов",
  block: "Заблокировать",
  unblock: "Разблокировать",
  blockQuestion: (name) =>
    `Заблокировать: ${name}? Вы не сможете писать друг другу, вас не смогут пригласить и не увидят, что вы в сети. Сообщать об этом не будем.`,
  isBlocked: "Вы заблокировали этого человека.",
  blockedHint: "Они не могут писать вам и приглашать вас и не видят, что вы в сети. Им об этом не сообщается.",
  nobodyBlocked: "Вы никого не блокируете.",
  bot: "бот",
  pointsOf: (points) => plural(points, "балл", "балла", "баллов"),
  people: "Люди",

  article: "Статья",
  newArticle: "Новая статья",
  noArticles: "Статей пока нет.",
  articleTitle: "Заголовок",
  articleText: "Текст",
  publish: "Опубликовать",
  articlesOf: "Статьи автора",
  toForum: "← Все статьи",

  search: "Искать везде",
  searchHint: "Находит людей, статьи, а также чаты и сообщения, которые вам доступны.",
  searchIn: "Где искать",
  searchKinds: { "": "Везде", user: "Люди", chat: "Чаты", article: "Статьи", message: "Сообщения" },
  searchEverywhere: (words) => `Искать везде: «${words}»`,
};
