// English: people, the forum, searching.

export const people = {
  findPeople: "Find people",
  foundPeople: "People found",
  noContacts: "Nobody here yet. Find people by name or nickname above and keep them at hand.",
  addContact: "Add to contacts",
  removeContact: "Remove from contacts",
  block: "Block",
  unblock: "Unblock",
  blockQuestion: (name) =>
    `Block ${name}? Neither of you can write to the other, they can not invite you, and see you as absent. They are not told.`,
  isBlocked: "You block this person.",
  blockedHint: "They can not write to you or invite you, and see you as absent. They are not told.",
  nobodyBlocked: "You block nobody.",
  bot: "bot",
  pointsOf: (points) => `${points} ${points === 1 ? "point" : "points"}`,
  people: "People",

  article: "Article",
  newArticle: "New article",
  noArticles: "No articles yet.",
  articleTitle: "Title",
  articleText: "Text",
  publish: "Publish",
  articlesOf: "Articles of this author",
  toForum: "← All articles",

  search: "Search everywhere",
  searchHint: "Finds people, articles, and the chats and messages that you may read.",
  searchIn: "Search in",
  searchKinds: { "": "Everything", user: "People", chat: "Chats", article: "Articles", message: "Messages" },
  searchEverywhere: (words) => `Search everywhere for “${words}”`,
};
