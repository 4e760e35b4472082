/* SPDX-License-Identifier: MIT */
/* Checksums that no library has. */
#ifndef VERIFY_CHECKSUM_SMALL_H
#define VERIFY_CHECKSUM_SMALL_H

#include <stddef.h>
#include <stdint.h>

/* CRC-16/ARC of the CRC catalogue (reveng.sourceforge.io): 0xbb3d of "123456789". */
uint16_t checksum_crc16(const uint8_t *data, size_t bytes);

/* CRC-7/MMC: 0x75 of "123456789". */
uint8_t checksum_crc7(const uint8_t *data, size_t bytes);

#endif
