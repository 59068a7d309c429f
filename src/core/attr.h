#ifndef CORE_ATTR_H
#define CORE_ATTR_H

/*
 * The compiler extensions we allow, in one place.
 * AUTO(fn) calls fn(&variable) when the variable leaves its scope; every such
 * fn accepts the empty value.
 */
#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN __attribute__((noreturn))
#define AUTO(fn) __attribute__((cleanup(fn)))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
