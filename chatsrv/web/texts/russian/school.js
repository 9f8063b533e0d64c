// Russian: events, medals, groups.

export const school = {
  newEvent: "Объявить событие",
  noEvents: "Событий пока нет.",
  eventName: "Событие",
  starts: "Начало",
  place: "Место",
  announce: "Объявить",

  giveMedal: "Вручить медаль",
  noMedals: "Медалей пока нет.",
  medalType: "Какую",
  medalTypeHint: "Слово для уведомления: золотую, серебряную",
  medalTitle: "За что",
  give: "Вручить",
  takeBack: "Отозвать",

  newGroup: "Новая группа",
  noGroups: "Групп пока нет.",
  colour: "Цвет",
  addPeople: "Принять людей",
  foundGroupChat: "Создать чат группы",
  bringIntoChat: "Собрать всех в её чате",
  chatFounded: (name) => `Все из группы «${name}» в её чате`,
};
