//! Datetime (0xc0): what the clock says, at each read.

use crate::uxn::Uxn;

pub(super) const BASE: u8 = 0xc0;
const YEAR: u8 = 0xc0;
const YEAR_LOW: u8 = YEAR + 1;
const MONTH: u8 = 0xc2;
const DAY: u8 = 0xc3;
const HOUR: u8 = 0xc4;
const MINUTE: u8 = 0xc5;
const SECOND: u8 = 0xc6;
const WEEKDAY: u8 = 0xc7;
const YEARDAY: u8 = 0xc8;
const YEARDAY_LOW: u8 = YEARDAY + 1;
const DST: u8 = 0xca;

/// A call of the host's clock leaves WebAssembly, which takes 200 to 400 ns.
const FUEL_PER_READ: u32 = 64;

/// Where Datetime gets the local time.
pub trait Clock {
    /// The time now.
    fn now(&mut self) -> DateTime;
}

/// A local date and time, in the numbers of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime {
    /// The year, such as 2026.
    pub year: u16,
    /// The month, 0 to 11.
    pub month: u8,
    /// The day of the month, 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59, or 60 in a leap second.
    pub second: u8,
    /// The day of the week, 0 (Sunday) to 6.
    pub weekday: u8,
    /// The day of the year, 0 to 365.
    pub yearday: u16,
    /// Whether daylight saving time is in force.
    pub dst: bool,
}

/// A clock that stands still, in UTC: for runs that can be repeated.
///
/// ```
/// use fantail::varvara::{Clock, FixedClock};
/// let now = FixedClock { unix_seconds: 1_795_348_800 }.now();
/// assert_eq!((now.year, now.month, now.day, now.hour), (2026, 10, 22, 12));
/// assert_eq!((now.weekday, now.yearday), (0, 325), "a Sunday");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct FixedClock {
    /// Seconds since 1970-01-01 00:00 UTC. Years outside 0 to 65535 are shown as the nearest.
    pub unix_seconds: i64,
}

impl Clock for FixedClock {
    fn now(&mut self) -> DateTime {
        let days = self.unix_seconds.div_euclid(86400);
        let second_of_day = self.unix_seconds.rem_euclid(86400);
        // Years of the calculation start on 1 March, so that the leap day is the last of its year; eras are
        // the 400 years after which the calendar repeats.
        const DAYS_PER_ERA: i64 = 400 * 365 + 97;
        let since_march_0000 = days + 719_468;
        let era = since_march_0000.div_euclid(DAYS_PER_ERA);
        let day_of_era = since_march_0000.rem_euclid(DAYS_PER_ERA);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / (DAYS_PER_ERA - 1)) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        // Months from March have 31 30 31 30 31 days, twice and once more: 153 days in five months.
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let (year, month) = if month < 10 {
            (era * 400 + year_of_era, month + 2)
        } else {
            (era * 400 + year_of_era + 1, month - 10)
        };
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let yearday = if month >= 2 { day_of_year + 59 + i64::from(leap) } else { day_of_year - 306 };
        DateTime {
            year: year.clamp(0, 0xffff) as u16,
            month: month as u8,
            day: day as u8,
            hour: (second_of_day / 3600) as u8,
            minute: (second_of_day / 60 % 60) as u8,
            second: (second_of_day % 60) as u8,
            // 1970-01-01 was a Thursday.
            weekday: (days + 4).rem_euclid(7) as u8,
            yearday: yearday as u16,
            dst: false,
        }
    }
}

pub(super) struct Datetime {
    pub clock: Box<dyn Clock>,
}

impl Datetime {
    /// Both bytes of a short are live: a program may read one alone.
    #[inline(never)]
    pub fn dei(&mut self, uxn: &mut Uxn, port: u8) -> u8 {
        if port > DST {
            return uxn.dev[usize::from(port)];
        }
        uxn.charge(FUEL_PER_READ);
        let now = self.clock.now();
        match port {
            YEAR => now.year.to_be_bytes()[0],
            YEAR_LOW => now.year.to_be_bytes()[1],
            MONTH => now.month,
            DAY => now.day,
            HOUR => now.hour,
            MINUTE => now.minute,
            SECOND => now.second,
            WEEKDAY => now.weekday,
            YEARDAY => now.yearday.to_be_bytes()[0],
            YEARDAY_LOW => now.yearday.to_be_bytes()[1],
            _ => u8::from(now.dst),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every day from 1968 to 2101 against a calendar that counts one day at a time.
    #[test]
    fn fixed_clock_agrees_with_counting_days() {
        let (mut year, mut month, mut day, mut weekday, mut yearday) = (1968u16, 0u8, 1u8, 1u8, 0u16);
        for days in -731i64..47_847 {
            let now = FixedClock { unix_seconds: days * 86400 + 86399 }.now();
            assert_eq!(
                now,
                DateTime { year, month, day, hour: 23, minute: 59, second: 59, weekday, yearday, dst: false },
                "day {days}"
            );
            let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
            let lengths = [31, 28 + u8::from(leap), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            weekday = (weekday + 1) % 7;
            yearday += 1;
            day += 1;
            if day > lengths[usize::from(month)] {
                (day, month) = (1, month + 1);
            }
            if month == 12 {
                (month, year, yearday) = (0, year + 1, 0);
            }
        }
        assert_eq!((year, month, day), (2101, 0, 1), "the whole range was walked");
    }

    #[test]
    fn fixed_clock_takes_any_number() {
        for unix_seconds in [i64::MIN, -62_167_219_201, i64::MAX] {
            let now = FixedClock { unix_seconds }.now();
            assert!(now.month < 12 && now.day <= 31 && now.yearday <= 365, "{now:?}");
        }
    }
}
