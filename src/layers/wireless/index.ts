/** Wireless LAN: what the radio saw, and the frames of IEEE 802.11. */
export {}
