/** What a socket talks. */
export type SocketProtocol = 'tcp' | 'udp' | 'udplite' | 'icmp' | 'raw' | 'packet' | 'unix'

/** State of a socket, by netstat's names. */
export type SocketState =
  | 'ESTABLISHED'
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'FIN_WAIT1'
  | 'FIN_WAIT2'
  | 'TIME_WAIT'
  | 'CLOSE'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'LISTEN'
  | 'CLOSING'
  /** Of unix sockets. */
  | 'LISTENING'
  | 'CONNECTING'
  | 'CONNECTED'
  | 'DISCONNECTING'

/** A process that has a socket open. */
export interface SocketProcess {
  pid: number
  /** Its short name, at most 15 characters (proc(5), comm). */
  name: string
}

/** What TCP waits for. */
export interface SocketTimer {
  kind: 'retransmit' | 'keepalive' | 'time-wait' | 'probe'
  /** Until it fires. */
  seconds: number
}

/** One socket. */
export interface Connection {
  protocol: SocketProtocol
  /** 4 or 6; undefined of sockets without addresses (packet, unix). */
  family?: 4 | 6
  /** `'127.0.0.1:80'`, `'[::]:22'`, `'0.0.0.0:*'`; of a raw socket the IP protocol instead of a port, of a unix socket its path. */
  local: string
  remote: string
  /** Addresses and ports apart; port 0: none yet, or any. */
  localAddress?: string
  localPort?: number
  remoteAddress?: string
  remotePort?: number
  /** Null where the protocol has none: of UDP and raw sockets without a peer. */
  state: SocketState | null
  /** It waits for others to connect, or (UDP) takes packets from anybody. */
  listening: boolean
  /** Bytes that the process has not read yet; of a listening TCP socket connections that it has not taken yet. */
  receiveQueue: number
  /** Bytes that the peer has not confirmed yet. */
  sendQueue: number
  /** Of its owner. */
  uid: number
  /** The owner's name, where the system knows one. */
  user?: string
  /** 0 where no process has it any more (TIME_WAIT). */
  inode: number
  /** The process that has it open, where it may be seen; the first of several. */
  pid?: number
  process?: string
  /** All of them, where there are several. */
  processes?: SocketProcess[]
  timer?: SocketTimer
  /** Of unix sockets. */
  type?: 'stream' | 'dgram' | 'seqpacket'
}
