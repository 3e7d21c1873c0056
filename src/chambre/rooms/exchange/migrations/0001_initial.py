import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from chambre.core.db.append_only import ProtectTable
from chambre.core.db.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0003_job_confided'),
        ('ledger', '0008_guards_by_key'),
        ('registry', '0001_initial'),
        ('treasury', '0006_words_of_orders'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='Exchange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('slug', models.SlugField(max_length=60, unique=True, verbose_name='short name')),
                    ('title', models.CharField(max_length=140, verbose_name='title')),
                    ('chamber', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('state', models.CharField(choices=[('draft', 'draft'), ('signing', 'being signed'), ('open', 'signed, being deposited'), ('disputed', 'in dispute'), ('settled', 'settled'), ('part-settled', 'settled in part'), ('returned', 'everything given back'), ('abandoned', 'given up')], default='draft', max_length=12, verbose_name='state')),
                    ('number', models.PositiveIntegerField(default=1, verbose_name='number of the version')),
                    ('deadline', models.DateField(verbose_name='last day')),
                    ('decide_by', models.DateField(blank=True, null=True, verbose_name='the mediator decides until')),
                    ('agreement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.agreement')),
                    ('origin', models.CharField(blank=True, default='', max_length=40, verbose_name='proposed by')),
                    ('key', models.CharField(max_length=120, unique=True, verbose_name='idempotency key')),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('made_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'exchange',
                    'ordering': ['-id'],
                    'indexes': [models.Index(fields=['state', 'deadline'], name='exchange_due')],
                },
            ),
            migrations.CreateModel(
                name='ExchangeVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='exchange.exchange')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('text', models.TextField(verbose_name='exchange')),
                    ('digest', models.CharField(max_length=80, verbose_name='digest')),
                    ('note', models.CharField(blank=True, default='', max_length=500, verbose_name='what changed')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'version of an exchange',
                    'ordering': ['exchange_id', '-number'],
                    'constraints': [models.UniqueConstraint(fields=('exchange', 'number'), name='exchange_version_number')],
                },
            ),
            migrations.CreateModel(
                name='ExchangeParty',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='exchange.exchangeversion')),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('role', models.CharField(choices=[('party', 'party'), ('inspector', 'inspector'), ('keeper', 'keeper of what is deposited'), ('mediator', 'mediator')], max_length=10, verbose_name='as what')),
                    ('name', models.CharField(max_length=80, verbose_name='name in the text')),
                ],
                options={
                    'verbose_name': 'party to an exchange',
                    'ordering': ['version_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('version', 'agent', 'role'), name='exchange_party_once')],
                },
            ),
            migrations.CreateModel(
                name='ExchangeSignature',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('party', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='signature', to='exchange.exchangeparty')),
                    ('signer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('digest', models.CharField(max_length=80, verbose_name='digest')),
                    ('means', models.CharField(choices=[('passkey', 'passkey'), ('code', 'code sent by e-mail')], max_length=10, verbose_name='how')),
                    ('capacity', models.CharField(blank=True, default='', max_length=140, verbose_name='in which capacity')),
                    ('at', models.DateTimeField(verbose_name='signed')),
                ],
                options={
                    'verbose_name': 'signature',
                    'ordering': ['party_id', 'id'],
                },
            ),
            migrations.CreateModel(
                name='ExchangeCode',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='exchange.exchangeparty')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('digest', models.CharField(max_length=64)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('made_at', models.DateTimeField(auto_now_add=True)),
                    ('expires_at', models.DateTimeField()),
                    ('used_at', models.DateTimeField(null=True)),
                ],
                options={
                    'verbose_name': 'code for signing',
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='ExchangeTurn',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='exchange.exchange')),
                    ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='exchange.exchangeversion')),
                    ('kind', models.CharField(choices=[('offered', 'offered for signing'), ('taken-back', 'taken back to be changed'), ('opened', 'signed by all'), ('extended', 'given a later deadline'), ('withdrawn', 'a party withdrew'), ('disputed', 'disputed'), ('decided', 'decided by the mediator'), ('settled', 'settled'), ('part-settled', 'settled in part'), ('returned', 'everything given back'), ('expired', 'the deadline passed'), ('abandoned', 'given up')], max_length=12, verbose_name='what')),
                    ('about', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('reason', models.TextField(blank=True, default='', verbose_name='why')),
                    ('until', models.DateField(null=True, verbose_name='until')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(verbose_name='when')),
                ],
                options={
                    'verbose_name': 'turn of an exchange',
                    'ordering': ['exchange_id', 'id'],
                },
            ),
            migrations.CreateModel(
                name='Extension',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='exchange.exchange')),
                    ('until', models.DateField(verbose_name='new last day')),
                    ('reason', models.TextField(blank=True, default='', verbose_name='why')),
                    ('state', models.CharField(choices=[('open', 'being decided'), ('accepted', 'accepted'), ('refused', 'refused')], default='open', max_length=10, verbose_name='state')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'extension of an exchange',
                    'ordering': ['exchange_id', '-id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('exchange',), name='exchange_one_extension')],
                },
            ),
            migrations.CreateModel(
                name='ExtensionVoice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('extension', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='voices', to='exchange.extension')),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('yes', models.BooleanField(verbose_name='yes')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'voice on an extension',
                    'ordering': ['extension_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('extension', 'agent'), name='exchange_voice_once')],
                },
            ),
            migrations.CreateModel(
                name='Leg',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='legs', to='exchange.exchange')),
                    ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                    ('name', models.CharField(max_length=80, verbose_name='short name')),
                    ('giver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('taker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('keeper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('kind', models.CharField(choices=[('euros', 'euros'), ('hours', 'hours'), ('credit', 'units of the chamber'), ('goods', 'goods'), ('service', 'service'), ('right', 'right of use'), ('custody', 'custody of an object')], max_length=8, verbose_name='what')),
                    ('amount', models.BigIntegerField(verbose_name='how much')),
                    ('unit', models.CharField(blank=True, default='', max_length=16, verbose_name='unit')),
                    ('what', models.CharField(blank=True, default='', max_length=500, verbose_name='in words')),
                    ('place', models.CharField(blank=True, default='', max_length=200, verbose_name='place')),
                    ('resource', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.resource')),
                    ('value', models.BigIntegerField(default=0, verbose_name='value in cents, VAT included')),
                    ('vat', models.PositiveSmallIntegerField(null=True, verbose_name='VAT rate')),
                    ('state', models.CharField(choices=[('promised', 'promised'), ('deposited', 'deposited with the Chamber'), ('released', 'released'), ('returned', 'given back')], default='promised', max_length=10, verbose_name='state')),
                    ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.stockitem')),
                    ('payment', models.CharField(blank=True, default='', max_length=32)),
                    ('payout', models.CharField(blank=True, default='', max_length=40)),
                    ('invoice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='treasury.invoice')),
                ],
                options={
                    'verbose_name': 'leg of an exchange',
                    'ordering': ['exchange_id', 'number'],
                    'indexes': [models.Index(fields=['kind', 'state'], name='exchange_leg_state')],
                    'constraints': [models.UniqueConstraint(fields=('exchange', 'name'), name='exchange_leg_name'), models.CheckConstraint(condition=models.Q(('amount__gte', 1)), name='exchange_leg_amount')],
                },
            ),
            migrations.CreateModel(
                name='LegMove',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('leg', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='exchange.leg')),
                    ('kind', models.CharField(choices=[('deposited', 'deposited'), ('released', 'released'), ('returned', 'given back')], max_length=10, verbose_name='what')),
                    ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.event')),
                    ('entry', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.journalentry')),
                    ('units', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='treasury.creditmove')),
                    ('note', models.CharField(blank=True, default='', max_length=500, verbose_name='remark')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(verbose_name='when')),
                ],
                options={
                    'verbose_name': 'move of a leg',
                    'ordering': ['leg_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('leg', 'kind'), name='exchange_move_once'), models.UniqueConstraint(condition=models.Q(('kind', 'deposited'), _negated=True), fields=('leg',), name='exchange_move_one_way')],
                },
            ),
            migrations.CreateModel(
                name='ConditionTold',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='told', to='exchange.exchange')),
                    ('condition', models.CharField(max_length=80, verbose_name='condition')),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('holds', models.BooleanField(verbose_name='holds')),
                    ('note', models.CharField(blank=True, default='', max_length=500, verbose_name='remark')),
                    ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'word on a condition',
                    'ordering': ['exchange_id', 'id'],
                },
            ),
            migrations.CreateModel(
                name='Evidence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='exchange.exchange')),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('text', models.TextField(verbose_name='what happened')),
                    ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'verbose_name': 'evidence',
                    'ordering': ['exchange_id', 'id'],
                },
            ),
        ]),
        *(ProtectTable(model) for model in ('ExchangeVersion', 'ExchangeParty', 'ExchangeSignature', 'ExchangeTurn', 'ExtensionVoice', 'LegMove', 'ConditionTold', 'Evidence',)),
    ]
