// Which pages there are beside the rooms, what belongs together, and who sees what. Pure.

export const STUDENT = 0;
export const MODERATOR = 1;
export const ADMIN = 2;

/** The sections of the sidebar, in order; each opens with its first page. */
const SECTIONS = [
  { name: "people", icon: "people", pages: ["contacts", "blocked"] },
  { name: "forum", icon: "forum", pages: ["forum"] },
  { name: "school", icon: "school", pages: ["events", "achievements", "medals", "leaderboard", "groups"] },
  { name: "personal", icon: "diary", pages: ["diary", "dreams", "goals"] },
  { name: "staff", icon: "shield", pages: ["queue", "reports", "bulletins", "accounts", "audit"] },
];

/** What is reached from one's own picture. */
const OWN = { name: "own", icon: "person", pages: ["me", "settings", "bots", "applications"] };

const LEAST = { queue: MODERATOR, reports: MODERATOR, bulletins: MODERATOR, accounts: ADMIN, audit: ADMIN };

/** Pages that are opened from another one, and stand where that one does. */
const WITHIN = { article: "forum", author: "forum" };

export const maySee = (page, role) => role >= (LEAST[page] ?? STUDENT);

const seenBy = (role, { pages, ...section }) => ({ ...section, pages: pages.filter((page) => maySee(page, role)) });

/** The sections with the pages that a role sees, without those where it sees none. */
export const sectionsFor = (role) =>
  SECTIONS.map((section) => seenBy(role, section)).filter(({ pages }) => pages.length > 0);

/** The section that a page belongs to, null where it belongs to none. */
export function sectionOf(page, role) {
  const sought = WITHIN[page] ?? page;
  return [...sectionsFor(role), OWN].find(({ pages }) => pages.includes(sought)) ?? null;
}
