// The pages that belong to no room, by the name in the address; each is called with what the address says behind it.

import { accountsView } from "./accounts.js";
import { achievementsView } from "./achievements.js";
import { applicationsView } from "./applications.js";
import { articleView } from "./article.js";
import { auditView } from "./audit.js";
import { authorView } from "./author.js";
import { blockedView } from "./blocked.js";
import { botsView } from "./bots.js";
import { bulletinsView } from "./bulletins.js";
import { contactsView } from "./contacts.js";
import { diaryView } from "./diary.js";
import { dreamsView } from "./dreams.js";
import { eventsView } from "./events.js";
import { forumView } from "./forum.js";
import { goalsView } from "./goals.js";
import { groupsView } from "./groups.js";
import { leaderboardView } from "./leaderboard.js";
import { medalsView } from "./medals.js";
import { profileView } from "./profile.js";
import { queueView } from "./queue.js";
import { reportsView } from "./reports.js";
import { searchView } from "./search.js";
import { settingsView } from "./settings.js";

export const PAGES = {
  me: profileView,
  settings: settingsView,
  bots: botsView,
  applications: applicationsView,
  contacts: contactsView,
  blocked: blockedView,
  search: searchView,
  forum: forumView,
  article: articleView,
  author: authorView,
  diary: diaryView,
  dreams: dreamsView,
  goals: goalsView,
  achievements: achievementsView,
  leaderboard: leaderboardView,
  events: eventsView,
  medals: medalsView,
  groups: groupsView,
  queue: queueView,
  reports: reportsView,
  bulletins: bulletinsView,
  accounts: accountsView,
  audit: auditView,
};
