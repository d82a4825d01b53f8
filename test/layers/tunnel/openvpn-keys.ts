/** The keys that the packets of `test/vectors/openvpn*.json` were made with, by `openvpn --genkey`: for these tests alone. */

export const STATIC_KEY = `#
# 2048 bit OpenVPN static key
#
-----BEGIN OpenVPN Static key V1-----
e1d3336b3f0331b1a154c4239aab9f73
d08df62bc42809b75cb1494195ff9146
a986d5906351a08e9102cc273ba0bc89
606914bb9eb2a2fb6f41a9c803a2d7e1
38aa15e8b362b865f873b946bc326d37
79c8cc4a52fbbc4b06dbed18b32841f7
6b646028441f71d661b1adcc61aa8358
94a66726ac98aefe432f82a349c77539
a6a29b99bddb88236bcd67e0a773e1a6
67ba4455bbb1794cf75aa2ece0a05233
312f92fedf20e530e4dae25a7fc3987c
5c0c537bd78f04dea57c93308a5d7cfa
bea8610562594f96a8bade7571e59fbf
0715caeaad6388c777dce1fde605c0ce
7d2331835fa9dc7af0768f523bc574f0
4e5e646f1e0c6f50181536956626585a
-----END OpenVPN Static key V1-----
`

export const CLIENT_KEY = `-----BEGIN OpenVPN tls-crypt-v2 client key-----
bTSzIZfEFVm/XR7Ky96sPgWZ4DYdEyngnqyfIq6l4IQxTuRHfG01h6gMQSxmvasY
a6XogcF3dCxfzS/PeXsvM+B9+u8NAdHZor6K0qzOmUYudhaEAKYN8E0L+AFQlXVE
9MWcg99wk2d/TG5b1JeNSalCZEwmB0JW6C1q8j6QUk98qroLu7pxOVjGBTUyTb1c
tN/8h+TbosIcToIf30d//R8RUCFEbpjXVLwxzpktpTzWV5r3cG5gdo3AXcpDdLc1
Gj9tIJn00c3QoHm7c6YpNyv99YydvZxrFBrZZZ57pstVPZb/oTxC3i7H82gxkZdK
4AbLiwm1D53N0MZvz/AFDweqX6LH8epw4QuJt1ORvvbkbTTuGNDaK1SxFtb7AvKZ
iQimISBcEyMNbQbbDh5AWeB7/NjtLPTTZqoGmAVD4feNRro7xqraAwOkWndaDdol
2yMiry++94QqPzoEuhp9arh+woNjs6zda6Gfhu2VN9WH8j6l55WTdSiVaI8GRXLJ
TDmwawTXqvWEJEZU/gSJEmj3Iz8LACt0jdoGN4ot0PXYFCF5z4S+zeCVs+WsxkHU
njWeyuiqJUQtjewGOforNU5WZERyVL5CZP5Dmo9tBvHuIvbJRbRvxhvNvvXv1xIt
OcMKoyl1Q7fkdDdYqsDmxwXCi4g8X5dAIGQHoLSLhkWaHIZDG1D7a9dafl3LNHWF
16ylsCdak/E351AvNBBtXBlOCIHijrbhPAEr
-----END OpenVPN tls-crypt-v2 client key-----
`

export const SERVER_KEY = `-----BEGIN OpenVPN tls-crypt-v2 server key-----
8bcf6nNcYnmGK8YZrPd2YZf9eaVNYEAyw5ThaLaeznK0ZETJhO6NlatxjvuPRuHp
5et6GcDQ90LvjPCKQSuFqsaX325DNX2tu71eN6b2WmcSOFVuJkBfJ6owbcNHLmOz
/e6um7bZRBgo1q66bKVYfalzDTjdhkgw1Z1qekZwjwU=
-----END OpenVPN tls-crypt-v2 server key-----
`
