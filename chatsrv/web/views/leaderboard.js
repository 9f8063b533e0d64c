// Who has the most points.

import { displayName } from "../format.js";
import { texts } from "../texts.js";
import { fact, listing, thing } from "./listing.js";

export const leaderboardView = (app) =>
  listing(app, {
    title: texts.places_.leaderboard,
    path: "/leaderboard",
    nothing: texts.nobodyYet,
    item: ({ rank, user, rating, accepted }) =>
      thing(`${rank}. ${displayName(user)}`, [fact(texts.standing(rating, accepted))]),
  });
