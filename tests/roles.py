"""Words for tests/SLICE/rights.py, which says who may do what.

    EXPECTED    operation of /openapi.json -> {unit: {role: outcome}}, the
                unit "any" where it does not matter; None for a public one
    asked(op, about)    if it needs more than units, periods and reports: what a
                sound request of this operation has, of
                path={name: value}, query={...}, body={...}
    prepare(server)     what such requests are about, made once
    HIDDEN      failure codes of "as if it did not exist"
    FOUND       codes of 404 that only those with the right get

tests/api/test_rights.py goes through all of them.
"""

# Who asks: a person of each role.  Reports: x and y are communes of province
# c, z of province b; y and z are foreign to x and c to b.
ROLES = {
    'clerk': 'clerk.x',
    'leader': 'desk.x',       # clerk and leader of x
    'collector': 'province.c',  # also clerk and leader of c itself
    'viewer': 'viewer.c',
    'centre': 'centre',
    'admin': 'admin',
    'area_admin': 'area.c',
    'unit_admin': 'unit.x',
    'nobody': 'nobody',
}

# What an answer amounts to.
YES = 'yes'            # the right is there: done, or refused for its state
DENIED = 'denied'      # 403 access.denied
UNKNOWN = 'unknown'    # 404 report.unknown: as if it did not exist
LOGIN = 'login'        # 401

# Everybody signed in may read what is everybody's.
ALL = dict.fromkeys(ROLES, YES)
# As if it did not exist.
NONE = dict.fromkeys(ROLES, UNKNOWN)

READERS = 'clerk leader collector viewer centre'
OTHERS = 'admin nobody'


def only(yes='', denied='', unknown=''):
    table = {}
    # They manage people; with reports they have nothing to do.
    for word, names in ((YES, yes), (DENIED, denied), (UNKNOWN, unknown)):
        if 'nobody' in names.split():
            table.update(area_admin=word, unit_admin=word)
    for word, names in ((YES, yes), (DENIED, denied), (UNKNOWN, unknown)):
        for name in names.split():
            table[name] = word
    assert set(table) == set(ROLES), sorted(set(ROLES) - set(table))
    return table
