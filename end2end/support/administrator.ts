/** The administrator of every program that the tests start. */
export const ADMINISTRATOR = { name: 'admin', password: 'a-long-row-of-words-7' };
