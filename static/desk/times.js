// Shows times by the clock of whoever reads them.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/** @param {ParentNode} place whose `time` elements have a `datetime` */
export function showLocalTimes(place) {
  for (const element of place.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    const isToday = moment.toDateString() === new Date().toDateString();
    element.textContent = (isToday ? CLOCK : DAY).format(moment);
    element.title = moment.toLocaleString();
  }
}
