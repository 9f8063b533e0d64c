// English: events, medals, groups.

export const school = {
  newEvent: "Announce an event",
  noEvents: "No events yet.",
  eventName: "Event",
  starts: "Begins",
  place: "Place",
  announce: "Announce",

  giveMedal: "Give a medal",
  noMedals: "No medals yet.",
  medalType: "Kind",
  medalTypeHint: "The word that the notification says: gold, silver",
  medalTitle: "What for",
  give: "Give",
  takeBack: "Take back",

  newGroup: "New group",
  noGroups: "No groups yet.",
  colour: "Colour",
  addPeople: "Take people in",
  foundGroupChat: "Found a chat of the group",
  bringIntoChat: "Bring everybody into its chat",
  chatFounded: (name) => `Everybody of ${name} is in its chat`,
};
