/** The Datetime device against known dates, in time zones of both hemispheres. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { describeSite, prints, type Site, text } from "./support/site.js";

/** What the clock says at a moment: year, month from 0, day, time, weekday from Sunday, day of the year from 0. */
interface Case {
  readonly zone: string;
  readonly utc: string;
  readonly date: readonly [year: number, month: number, day: number];
  readonly time: readonly [hour: number, minute: number, second: number];
  readonly weekday: number;
  readonly yearday: number;
  readonly dst: boolean;
}

function line(
  zone: string,
  utc: string,
  local: string,
  weekday: number,
  yearday: number,
  dst: boolean,
): Case {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = local.split(/[- :]/).map(Number);
  return { zone, utc, date: [year, month - 1, day], time: [hour, minute, second], weekday, yearday, dst };
}

// Taken from the calendar and from `TZ=... date -d ... '+%F %T %w %j'`, whose %j counts from 1.
const CASES: readonly Case[] = [
  line("Europe/Berlin", "2026-01-15T11:59:58Z", "2026-01-15 12:59:58", 4, 14, false),
  line("Europe/Berlin", "2026-07-15T12:00:00Z", "2026-07-15 14:00:00", 3, 195, true),
  // The hour that is there twice, and the day of 25 hours that it makes.
  line("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25 02:30:00", 0, 297, true),
  line("Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25 02:30:00", 0, 297, false),
  line("Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-30 00:00:00", 1, 88, true),
  // The last second of a leap year, which is another year already in UTC.
  line("America/New_York", "2029-01-01T04:59:59Z", "2028-12-31 23:59:59", 0, 365, false),
  line("America/New_York", "2026-07-04T16:00:00Z", "2026-07-04 12:00:00", 6, 184, true),
  line("America/New_York", "2028-02-29T17:00:00Z", "2028-02-29 12:00:00", 2, 59, false),
  // Summer at the turn of the year.
  line("Australia/Sydney", "2025-12-31T13:00:00Z", "2026-01-01 00:00:00", 4, 0, true),
  line("Australia/Sydney", "2026-07-15T02:00:00Z", "2026-07-15 12:00:00", 3, 195, false),
  line("Pacific/Chatham", "2026-01-15T10:15:00Z", "2026-01-16 00:00:00", 5, 15, true),
  // Without summer time, and off by half an hour.
  line("Asia/Kolkata", "2026-07-15T12:00:00Z", "2026-07-15 17:30:00", 3, 195, false),
];

const hex = (number: number, digits: number) => number.toString(16).padStart(digits, "0");

/** What `clock.tal` prints then. */
function ports({ date: [year, month, day], time, weekday, yearday, dst }: Case): string {
  const bytes = [month, day, ...time, weekday].map((byte) => hex(byte, 2)).join("");
  return `${hex(year, 4)}${bytes}${hex(yearday, 4)}${hex(Number(dst), 2)}\n`;
}

describeSite("datetime", (site: Site) => {
  test("date, time, weekday, day of the year, summer time", async () => {
    const page = await site.play("clock");
    await page.evaluate(() => {
      const RealDate = Date;
      globalThis.Date = new Proxy(RealDate, {
        construct: (_, args) =>
          Reflect.construct(RealDate, args.length > 0 ? args : [document.body.dataset.now]),
      });
    });
    for (const moment of CASES) {
      await page.emulateTimezone(moment.zone);
      await page.evaluate((utc) => {
        document.body.dataset.now = utc;
        inPlayer("#reset")?.click();
      }, moment.utc);
      await prints(page, "\n");
      assert.equal(await text(page, ">>> #log"), ports(moment), `${moment.utc} in ${moment.zone}`);
    }
    await page.close();
  });
});
