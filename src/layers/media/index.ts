/** Calls and media: sessions, sound and pictures, ways through NAT. */
export {}
