#include "toy/option.h"

const struct option toy_option_table[] = {
	[TOY_MOST] = OPT_INT("toy.most", 100, 1, 10000, "", OPTION_RELOAD,
	    "Toys that a unit may have."),
	{ 0 },
};
