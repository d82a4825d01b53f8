/** What an ICMP error quotes, such as of a program that has ended meanwhile: tshark reads on behind the ports, netshell does not. */
export const WITHOUT_QUOTATIONS = { filter: 'not icmp' } as const
